// The guard on each transport: without a token, with one, with one that lacks a role, and with one that is revoked.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect } from 'node:net';

const body = { email: 'hybrid@example.com', password: 'a long sentence of mine' };

export default [
  ['guards messages over TCP', (host) => askThrough(messages, host)],
  ['guards messages over a WebSocket', (host) => askThrough(sockets, host)],
  ['guards GraphQL', (host) => askThrough(graphql, host)],
];

async function askThrough(transport, host) {
  await host.post('/register', body);
  const { user, accessToken, refreshToken } = await host.post('/login', body);
  assert.equal(await transport(host, 'whoami'), 'TOKEN_MISSING');
  assert.equal(await transport(host, 'whoami', 'nonsense'), 'INVALID_TOKEN');
  assert.equal(await transport(host, 'whoami', accessToken), user.id);
  assert.equal(await transport(host, 'secret', accessToken), 'FORBIDDEN');
  await host.post('/logout', { refreshToken });
  assert.equal(await transport(host, 'whoami', accessToken), 'TOKEN_REVOKED');
}

const bearer = (token) => (token ? { authorization: `Bearer ${token}` } : {});

/** Nest's TCP messages: their length, `#`, and JSON. */
async function messages({ call }, pattern, token) {
  const { messages: port } = await call('GET', '/ports');
  const text = JSON.stringify({ id: '1', pattern, data: { headers: bearer(token) } });
  const socket = connect(port, '127.0.0.1', () => socket.write(`${text.length}#${text}`));
  for await (const chunk of socket.setEncoding('utf8')) {
    const { err, response } = JSON.parse(chunk.slice(chunk.indexOf('#') + 1));
    return err?.error ?? response; // leaving the loop closes the socket
  }
  throw new Error('no answer');
}

async function sockets({ url, folder }, event, token) {
  const { WebSocket } = createRequire(`${folder}/`)('ws'); // Node 20 has none
  const socket = new WebSocket(url.replace('http', 'ws'), { headers: bearer(token) });
  await once(socket, 'open');
  socket.send(JSON.stringify({ event }));
  const [message] = await once(socket, 'message');
  socket.close();
  const { data } = JSON.parse(message);
  return data.error ?? data;
}

async function graphql({ url }, name, token) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...bearer(token) },
    body: JSON.stringify({ query: `{ ${name} }` }),
  });
  const { data, errors } = await response.json();
  return errors?.[0].extensions.code ?? data[name];
}
