// A steady, light load with latencies finer than a millisecond, counted from when a request was due: a server that
// stalls is charged for every request that had to wait.
import { Agent, request as open } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from './stats.js';

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** One request; resolves with its status and JSON. */
export function send(url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = open(url, { agent, method, headers }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (part) => (text += part));
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode, json: text ? JSON.parse(text) : null }),
      );
    });
    outgoing.on('error', reject).end(body);
  });
}

export const post = (url, json) =>
  send(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) });

/**
 * @param work what to do `perSecond` times a second; it gets the number of the call
 * @param until a promise, or seconds
 * @returns milliseconds: `p50`, `p99`, and the number of calls
 */
export async function probe(work, { perSecond, until }) {
  const end = { reached: false };
  const over = (typeof until === 'number' ? sleep(until * 1000) : until).finally(() => (end.reached = true));
  const latencies = [];
  const began = performance.now();
  const pending = [];
  for (let i = 0; !end.reached; i++) {
    const due = began + (i * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    pending.push(work(i).then(() => latencies.push(performance.now() - due)));
  }
  await over;
  await Promise.all(pending);
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), count: latencies.length };
}

/** For `probe`: refreshes the sessions of these tokens in turn, each with the token that its last refresh returned. */
export function refreshInTurn(url, refreshTokens) {
  const chains = refreshTokens.map((token) => Promise.resolve(token));
  return (i) => {
    const which = i % chains.length;
    chains[which] = chains[which].then(async (refreshToken) => {
      const { status, json } = await post(`${url}/auth/refresh`, { refreshToken });
      if (status !== 200) throw new Error(`/auth/refresh answered ${status}`);
      return json.refreshToken;
    });
    return chains[which];
  };
}
