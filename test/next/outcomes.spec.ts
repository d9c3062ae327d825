import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLatchkeyNext, type LatchkeyNext } from '../../src/next/latchkey-next.js';

/** What a service may answer to a login, now or later: its helper does not have to understand it. */
const ANSWERS = {
  'a login that needs a second factor': {
    status: 401,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'set-cookie': ['__Host-mfa=m.1; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=300'],
      'www-authenticate': 'Bearer',
    },
    body: '{"statusCode":401,"error":"MFA_REQUIRED","message":"Enter a code.","mfaToken":"m.1","ä":"€"}',
  },
  'an address that has to be proved first': { status: 202, headers: {}, body: '' },
  'an outcome nobody knows yet': {
    status: 200,
    headers: { 'content-type': 'application/json', 'set-cookie': ['a=1; Path=/', 'b=2; Path=/'] },
    body: '{"outcome":"something-else"}',
  },
};

let service: Server;
let answer: (typeof ANSWERS)[keyof typeof ANSWERS];
let latchkey: LatchkeyNext;

beforeAll(async () => {
  service = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(answer.status, answer.headers).end(answer.body));
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  latchkey = createLatchkeyNext({ url: `http://127.0.0.1:${(service.address() as AddressInfo).port}` });
});
afterAll(() => {
  service.closeAllConnections();
  service.close();
});

describe.each(['login', 'register'] as const)('the handler for %s', (name) => {
  it.each(Object.entries(ANSWERS))('hands back %s as it is', async (_, expected) => {
    answer = expected;
    const response = await latchkey.handlers[name](
      new Request(`http://app.example.com/api/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
        body: '{}',
      }),
    );
    const { 'set-cookie': cookies = [], ...others } = expected.headers as Record<string, string | string[]>;
    expect(response.status).toBe(expected.status);
    expect(await response.text()).toBe(expected.body);
    expect(response.headers.getSetCookie()).toEqual(cookies);
    for (const [header, value] of Object.entries(others)) expect(response.headers.get(header)).toBe(value);
  });
});
