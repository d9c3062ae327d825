import { createLatchkeyNext, type LatchkeyNextOptions } from '../../src/next/latchkey-next.js';
import { isIn, parseIp, parseRange } from '../../src/next/ip-address.js';
import { newEmail } from '../support/client.js';
import { type FakeService, startFakeService } from '../support/fake-service.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';

const PROXIES = { trustedProxies: ['10.0.0.0/8', 'fd00::/8'] };

/** Every header by which some proxy tells an address, a host or a scheme. */
const CHOSEN = {
  'x-forwarded-for': '203.0.113.7',
  'x-real-ip': '203.0.113.7',
  'x-client-ip': '203.0.113.7',
  'x-cluster-client-ip': '203.0.113.7',
  'x-original-forwarded-for': '203.0.113.7',
  'x-forwarded': 'for=203.0.113.7',
  'forwarded-for': '203.0.113.7',
  forwarded: 'for=203.0.113.7;host=evil.example;proto=https',
  'true-client-ip': '203.0.113.7',
  'cf-connecting-ip': '203.0.113.7',
  'cf-connecting-ipv6': '2001:db8::7',
  'fastly-client-ip': '203.0.113.7',
  'x-appengine-user-ip': '203.0.113.7',
  'x-azure-clientip': '203.0.113.7',
  'x-vercel-forwarded-for': '203.0.113.7',
  'x-envoy-external-address': '203.0.113.7',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'https',
  'x-forwarded-port': '443',
  'x-forwarded-prefix': '/evil',
  'x-original-host': 'evil.example',
  via: '1.1 evil',
};

const raise = (error: unknown): never => {
  throw error;
};

describe('the address that the service is told', () => {
  let service: FakeService;

  beforeAll(async () => {
    service = await startFakeService();
  });
  afterAll(() => service.close());
  beforeEach(() => {
    service.requests.length = 0;
    service.answer = (response) =>
      response.writeHead(429, { 'content-type': 'application/json' }).end('{"error":"X"}');
  });

  /** What arrives from a login, and from a refresh by the middleware. */
  async function told(options: Partial<LatchkeyNextOptions>, headers: Record<string, string>) {
    const latchkey = createLatchkeyNext({ url: service.url, ...options });
    const url = 'http://app.example.com/';
    await latchkey.handlers.login(
      new Request(url, {
        method: 'POST',
        headers: { ...headers, 'sec-fetch-site': 'same-origin' },
        body: '{}',
      }),
    );
    const pass = { next: () => new Response(null) };
    const cookie = '__Host-refresh=x';
    await latchkey.middleware(pass)(new Request(url, { headers: { ...headers, cookie } }));
    const [login, refresh] = service.requests.splice(0);
    expect([login?.path, refresh?.path]).toEqual(['/auth/login', '/auth/refresh']);
    expect(refresh!.headers['x-forwarded-for']).toBe(login!.headers['x-forwarded-for']);
    return { address: login!.headers['x-forwarded-for'], login: login!.headers, refresh: refresh!.headers };
  }

  it('is none without an option, and nothing else that the client could have chosen is passed on', async () => {
    for (const options of [{}, { trustedProxies: [] }, { trustForwardedHost: true }]) {
      const { login, refresh } = await told(options, { ...CHOSEN, 'user-agent': 'Firefox' });
      for (const name of Object.keys(CHOSEN)) {
        expect([name, login[name], refresh[name]]).toEqual([name, undefined, undefined]);
      }
      expect([login['user-agent'], refresh['user-agent']]).toEqual(['Firefox', 'Firefox']);
    }
  });

  it.each([
    ['198.51.100.9', '198.51.100.9'],
    ['203.0.113.7, 198.51.100.9', '198.51.100.9'],
    ['203.0.113.7, 198.51.100.9, 10.1.2.3', '198.51.100.9'],
    ['203.0.113.7,198.51.100.9 ,\t10.1.2.3,10.9.9.9', '198.51.100.9'],
    ['10.1.2.3, 198.51.100.9', '198.51.100.9'],
    ['garbage, 198.51.100.9', '198.51.100.9'],
    ['203.0.113.7, 2001:DB8:0:0::9, fd00::1', '2001:db8::9'],
    ['203.0.113.7, ::ffff:198.51.100.9, ::ffff:10.1.2.3', '198.51.100.9'],
    ['203.0.113.7, ::ffff:c633:6409', '198.51.100.9'],
    ['203.0.113.7, 198.51.100.9, 0:0:0:0:0:ffff:a01:203', '198.51.100.9'],
  ])('is the last one that no trusted proxy has: %s', async (header, address) => {
    expect((await told(PROXIES, { 'x-forwarded-for': header })).address).toBe(address);
  });

  it.each([
    '',
    '10.1.2.3',
    '10.9.9.9, 10.1.2.3',
    '203.0.113.7, unknown',
    '203.0.113.7, unknown, 10.1.2.3',
    '203.0.113.7,',
    '203.0.113.7, 198.51.100.9:4711',
    '203.0.113.7, [2001:db8::9]',
    '203.0.113.7, [2001:db8::9]:443',
    '203.0.113.7, fe80::1%eth0',
    '203.0.113.7, 198.51.100.256',
    '203.0.113.7, 198.51.100.09',
    '203.0.113.7, 0x7f.1',
    '203.0.113.7, 3325256713',
    '203.0.113.7, 198.51.100',
    '203.0.113.7, 198.51.100.9.',
    '203.0.113.7, "198.51.100.9"',
    '203.0.113.7, \u00A0198.51.100.9',
    '203.0.113.7, 198.51.100.9\u00A0',
    '203.0.113.7, 198.51.100.9 10.1.2.3',
    '203.0.113.7, 2001:db8::9::1',
    '203.0.113.7, 2001:db8:::9',
    '203.0.113.7, 12345::',
    '203.0.113.7, for=198.51.100.9',
    '203.0.113.7, evil@198.51.100.9',
    '203.0.113.7, ::1]/x[',
  ])('is none if that one is not an address, or there is none: %p', async (header) => {
    const { login, refresh } = await told(PROXIES, { 'x-forwarded-for': header });
    expect([login['x-forwarded-for'], refresh['x-forwarded-for']]).toEqual([undefined, undefined]);
  });

  it('is what clientAddress returns, if it is an address', async () => {
    const clientAddress = ({ headers }: Request) => headers.get('cf-connecting-ip') ?? undefined;
    for (const [given, address] of [
      ['203.0.113.7', '203.0.113.7'],
      ['2001:DB8::7', '2001:db8::7'],
      ['203.0.113.7, 198.51.100.9', undefined],
      ['203.0.113.7:80', undefined],
      ['garbage', undefined],
      ['', undefined],
    ] as const) {
      const headers = { 'cf-connecting-ip': given, 'x-forwarded-for': '198.51.100.1' };
      expect([given, (await told({ clientAddress }, headers)).address]).toEqual([given, address]);
    }
    for (const wrong of [null, 7, {}, ['203.0.113.7'], Promise.resolve('203.0.113.7')]) {
      const options = { clientAddress: () => wrong as never };
      expect((await told(options, { 'x-forwarded-for': '198.51.100.1' })).address).toBeUndefined();
    }
  });

  it.each<[string, () => string]>([
    ['throws', () => raise(new Error('no address here'))],
    ['throws something odd', () => raise(undefined)],
    ['returns a promise that is rejected', () => Promise.reject(new Error('no address here')) as never],
  ])('is none when clientAddress %s, which goes to the console once', async (_, clientAddress) => {
    const { error } = console;
    const written: unknown[] = [];
    console.error = (...line) => written.push(line);
    try {
      expect((await told({ clientAddress }, { 'x-forwarded-for': '198.51.100.1' })).address).toBeUndefined();
      expect((await told({ clientAddress }, {})).address).toBeUndefined();
      expect(written).toHaveLength(1);
    } finally {
      console.error = error;
    }
  });
});

describe('ranges of addresses', () => {
  it.each([
    [
      '10.0.0.0/8',
      ['10.0.0.0', '10.255.255.255', '::ffff:10.1.2.3'],
      ['11.0.0.0', '9.255.255.255', '::a00:1'],
    ],
    ['10.1.2.3', ['10.1.2.3'], ['10.1.2.2', '10.1.2.4']],
    ['192.168.4.0/22', ['192.168.7.255', '192.168.4.0'], ['192.168.8.0', '192.168.3.255']],
    ['192.168.5.77/22', ['192.168.4.0'], ['192.168.8.0']],
    ['128.0.0.0/1', ['255.255.255.255'], ['127.255.255.255', 'ffff::1']],
    ['::ffff:10.0.0.0/104', ['10.9.9.9'], ['11.0.0.0']],
    ['2001:db8::/32', ['2001:db8:ffff::1'], ['2001:db9::', '10.0.0.1']],
    ['::1', ['::1', '0:0:0:0:0:0:0:1'], ['::2', '0.0.0.1']],
    ['fe80::/10', ['febf::1'], ['fec0::1']],
  ])('%s', (text, inside, outside) => {
    const range = parseRange(text)!;
    expect(inside.filter((address) => !isIn(range, parseIp(address)!))).toEqual([]);
    expect(outside.filter((address) => isIn(range, parseIp(address)!))).toEqual([]);
  });

  it.each([
    '',
    '10',
    '10.0.0.0/',
    '10.0.0.0/33',
    '0.0.0.0/0',
    '::/0',
    '::/1',
    '::ffff:0:0/96',
    '::/129',
    '10.0.0.0/8/8',
    'loopback',
    '10.0.0.0/-1',
  ])('refuses %p', (text) => expect(parseRange(text)).toBeUndefined());
});

describe('wrong logins through the app, each with an invented address', () => {
  let database: TestDatabase;
  let service: ServiceHere;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    service = await startServiceHere({
      ...productionSettings(database.url),
      RATE_LIMIT: 'on',
      TRUST_PROXY: '127.0.0.0/8',
    });
  });
  afterAll(async () => {
    await service.end();
    await database.drop();
  });

  /** How many of 70 pass, as an attacker at `last` sends them, and how the login of someone at another address ends. */
  async function attack(options: Partial<LatchkeyNextOptions>, last: string) {
    const latchkey = createLatchkeyNext({ url: service.client.url, ...options });
    const login = async (forwarded: string) => {
      const headers = {
        'content-type': 'application/json',
        'sec-fetch-site': 'same-origin',
        'x-forwarded-for': forwarded,
      };
      const body = JSON.stringify({ email: newEmail(), password: 'a wrong password' });
      const request = new Request('http://app.example.com/', { method: 'POST', headers, body });
      return (await latchkey.handlers.login(request)).status;
    };
    const invented = Array.from({ length: 70 }, (_, index) => `192.0.2.${index}${last}`);
    const statuses: number[] = [];
    for (const forwarded of invented) statuses.push(await login(forwarded));
    return {
      passed: statuses.filter((status) => status === 401).length,
      other: await login('198.51.100.200'),
    };
  }

  it('count for the address that the proxy saw, and for nobody else', async () => {
    expect(await attack(PROXIES, ', 198.51.100.9, 10.1.2.3')).toEqual({ passed: 50, other: 401 });
  });

  it('count for the app when no proxy is named', async () => {
    expect(await attack({}, '')).toEqual({ passed: 50, other: 429 });
  });
});
