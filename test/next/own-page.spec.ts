import { CALLS } from '../../src/next/calls.js';
import { createLatchkeyNext, type LatchkeyNextOptions } from '../../src/next/latchkey-next.js';
import { type FakeService, startFakeService } from '../support/fake-service.js';

const OWN = 'https://app.example.com';

let service: FakeService;
beforeAll(async () => {
  service = await startFakeService();
  service.answer = (response) => response.writeHead(202).end();
});
afterAll(() => service.close());
beforeEach(() => {
  service.requests.length = 0;
});

/** Whether a login with these headers is accepted; in each case the other handlers must agree. */
async function accepted(options: Partial<LatchkeyNextOptions>, headers: Record<string, string>) {
  const { handlers } = createLatchkeyNext({ url: service.url, ...options });
  const calls = Object.entries({ ...CALLS, all: CALLS.login }) as [keyof typeof handlers, string][];
  const statuses = await Promise.all(
    calls.map(async ([name, call]) => {
      const [method, path = ''] = call.split(' ');
      const url = `http://127.0.0.1:3000/api/auth/${path.replace(':id', '4b6c')}`;
      return (await handlers[name](new Request(url, { method, headers }))).status === 403;
    }),
  );
  expect(calls).toHaveLength(Object.keys(handlers).length);
  expect(new Set(statuses).size).toBe(1);
  expect(service.requests.splice(0)).toHaveLength(statuses[0] ? 0 : statuses.length);
  return !statuses[0];
}

describe('without options, a page is foreign', () => {
  it.each([
    [{ origin: OWN, host: 'app.example.com' }],
    [{ origin: OWN, host: 'app.example.com:443' }],
    [{ origin: 'http://app.example.com:8080', host: 'app.example.com:8080' }],
    [{ origin: 'http://[::1]:3000', host: '[::1]:3000' }],
    [{ origin: OWN, host: 'internal', 'sec-fetch-site': 'same-origin' }],
    [{ host: 'app.example.com' }],
  ])('not if the browser says that it is ours: %j', async (headers) => {
    expect(await accepted({}, headers)).toBe(true);
  });

  it.each([
    [{ origin: OWN, host: 'internal:3000' }],
    [{ origin: OWN, host: 'internal:3000', 'x-forwarded-host': 'app.example.com' }],
    [{ origin: OWN, host: 'internal:3000', forwarded: 'host=app.example.com' }],
    [{ origin: 'https://evil.example', host: 'app.example.com', 'x-forwarded-host': 'evil.example' }],
    [{ origin: 'https://app.example.com:8443', host: 'app.example.com' }],
    [{ origin: 'https://app.example.com.evil.example', host: 'app.example.com' }],
    [{ origin: 'null', host: 'app.example.com', 'sec-fetch-site': 'same-origin' }],
    [{ origin: OWN, host: 'app.example.com', 'sec-fetch-site': 'same-site' }],
    [{ origin: OWN, host: 'app.example.com', 'sec-fetch-site': 'cross-site' }],
    [{ origin: 'app.example.com', host: 'app.example.com' }],
    [{ origin: OWN, host: 'user@app.example.com' }],
    [{ origin: OWN, host: 'app.example.com/path' }],
    [{ origin: OWN, host: 'app.example.com?x' }],
  ])('otherwise: %j', async (headers) => {
    expect(await accepted({}, headers)).toBe(false);
  });
});

describe('trustedOrigins', () => {
  const options = { trustedOrigins: [OWN, 'http://localhost:5173', 'capacitor://localhost'] };

  it.each([
    [{ origin: OWN, host: 'internal:3000' }],
    [{ origin: OWN, host: 'internal:3000', 'sec-fetch-site': 'same-origin' }],
    [{ origin: OWN, host: 'internal:3000', 'sec-fetch-site': 'same-site' }],
    [{ origin: 'http://localhost:5173', host: 'internal:3000', 'sec-fetch-site': 'cross-site' }],
    [{ origin: 'capacitor://localhost', host: 'internal:3000', 'sec-fetch-site': 'cross-site' }],
    [{ origin: 'http://internal:3000', host: 'internal:3000' }],
  ])('may use the handlers: %j', async (headers) => {
    expect(await accepted(options, headers)).toBe(true);
  });

  it.each([
    [{ origin: 'http://app.example.com', host: 'internal:3000' }],
    [{ origin: `${OWN}:8443`, host: 'internal:3000' }],
    [{ origin: `${OWN}/`, host: 'internal:3000' }],
    [{ origin: `${OWN}, https://evil.example`, host: 'internal:3000' }],
    [{ origin: `https://user@app.example.com`, host: 'internal:3000' }],
    [{ origin: 'https://evil.example', host: 'internal:3000', 'x-forwarded-host': 'evil.example' }],
    [{ origin: 'https://www.app.example.com', host: 'internal:3000', 'sec-fetch-site': 'same-site' }],
    [{ origin: 'capacitor://other', host: 'internal:3000' }],
    [{ host: 'internal:3000', 'sec-fetch-site': 'cross-site' }],
  ])('are compared exactly: %j', async (headers) => {
    expect(await accepted(options, headers)).toBe(false);
  });
});

describe('trustForwardedHost', () => {
  const trusting = (host: string) => ({ origin: OWN, host: 'internal:3000', 'x-forwarded-host': host });

  it.each(['app.example.com', 'app.example.com:443', 'APP.example.com'])('believes %s', async (host) => {
    expect(await accepted({ trustForwardedHost: true }, trusting(host))).toBe(true);
    expect(await accepted({ trustForwardedHost: false }, trusting(host))).toBe(false);
  });

  it.each([
    'evil.example',
    'app.example.com:8443',
    'app.example.com, internal:3000',
    'evil.example, app.example.com',
    'app.example.com,app.example.com',
    'user@app.example.com',
    'user:password@app.example.com',
    'app.example.com/path',
    'app.example.com#x',
    'app.example.com\\x',
    'https://app.example.com',
    'app.example.com:',
    'app.example.com:443:443',
    'app.example.com\u00A0',
    '%61pp.example.com',
    '',
  ])('takes %p for another host', async (host) => {
    expect(await accepted({ trustForwardedHost: true }, trusting(host))).toBe(false);
  });

  it('goes by Host where the header is missing, and not where it is there', async () => {
    const headers = { origin: OWN, host: 'app.example.com' };
    expect(await accepted({ trustForwardedHost: true }, headers)).toBe(true);
    expect(await accepted({ trustForwardedHost: true }, { ...headers, 'x-forwarded-host': 'other' })).toBe(
      false,
    );
  });
});

it('what the middleware answers names no address of the app', async () => {
  const { middleware } = createLatchkeyNext({ url: service.url, trustForwardedHost: true });
  const headers = { 'x-forwarded-host': 'evil.example', cookie: '__Host-access=garbage' };
  const response = await middleware({ next: () => new Response(null) })(new Request(`${OWN}/x`, { headers }));
  expect([response.headers.get('location'), JSON.stringify([...response.headers])]).toEqual([
    null,
    expect.not.stringContaining('example'),
  ]);
});
