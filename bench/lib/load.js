// Load from this process, with autocannon. Any answer other than 2xx fails the bench: it would not have measured the
// work.
import autocannon from 'autocannon';
import { settings } from './settings.js';

const { connections } = settings;

/**
 * @param target `{ url, ask }` of a contender
 * @param shape `headers(i)` or `exchange(i)` for connection `i`, and options of autocannon
 */
export async function measure(target, { path, headers, exchange, seconds = settings.seconds, ...rest }) {
  const before = await target.ask('cpu');
  let nth = 0;
  const result = await autocannon({
    url: `${target.url}${path}`,
    connections,
    ...(settings.smoke ? { amount: 4 * (rest.connections ?? connections) } : { duration: seconds }),
    ...rest,
    setupClient: (client) => {
      const i = nth++;
      if (headers) client.setHeaders(headers(i));
      if (exchange) client.setRequests([exchange(i)].flat());
    },
  });
  if (result.non2xx || result.errors)
    throw new Error(`${path}: ${result.non2xx} answers other than 2xx, ${result.errors} errors`);
  const used = (await target.ask('cpu')) - before;
  const requests = result.requests.total;
  return {
    rate: requests / result.duration,
    cpu: used / requests,
    p50: result.latency.p50,
    p99: result.latency.p99,
    requests,
  };
}

/**
 * For `exchange`: each request sends the refresh token that the previous answer returned, one session per connection.
 */
export async function refreshing(target, path) {
  const tokens = await target.ask('refreshTokens', connections);
  return (i) => ({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    setupRequest: (request) => ({ ...request, body: JSON.stringify({ refreshToken: tokens[i] }) }),
    onResponse: (status, body) => {
      if (status === 200) tokens[i] = JSON.parse(body).refreshToken;
    },
  });
}
