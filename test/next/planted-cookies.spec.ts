import { createLatchkeyNext, type LatchkeyNext } from '../../src/next/latchkey-next.js';
import { readCookies, replaceCookies, setCookiesIn } from '../../src/next/cookie-text.js';
import { BLANKS, BLANKS_IN_HEADERS, codesOf } from '../support/blanks.js';
import { type FakeService, startFakeService } from '../support/fake-service.js';
import { processorMs } from '../support/processor-time.js';

const REFRESH = '__Host-refresh';
const ACCESS = '__Host-access';
const EVIL = 'the-token-of-the-attacker';

describe('the names of cookies', () => {
  it.each(BLANKS.map((blank) => [codesOf(blank), blank]))(
    'with %s before or after them are other names',
    (_, blank) => {
      for (const name of [`${blank}${REFRESH}`, `${REFRESH}${blank}`, `${blank}${REFRESH}${blank}`]) {
        for (const header of [`${name}=evil`, `a=1; ${name}=evil`, ` \t${name}=evil; b=2`]) {
          expect(readCookies(header).has(REFRESH)).toBe(false);
          expect(readCookies(`${header}; ${REFRESH}=mine`).get(REFRESH)).toBe('mine');
          expect(readCookies(`${REFRESH}=mine; ${header}`).get(REFRESH)).toBe('mine');
        }
        expect(setCookiesIn([`${name}=evil; Path=/`]).has(REFRESH)).toBe(false);
      }
      expect(readCookies(`${REFRESH}=${blank}t${blank}`).get(REFRESH)).toBe(`${blank}t${blank}`);
      expect(setCookiesIn([`${REFRESH}=${blank}t${blank}; Path=/`]).get(REFRESH)).toBe(`${blank}t${blank}`);
    },
  );

  it.each([
    ['another case', '__host-refresh=evil'],
    ['no name', `=${REFRESH}=evil`],
    ['blanks as the name', ` \t =${REFRESH}=evil`],
    ['no equals sign', REFRESH],
    ['a longer name', `x${REFRESH}=evil; ${REFRESH}x=evil`],
    ['the name without the prefix', 'refresh=evil'],
    ['the name encoded', '__Host%2Drefresh=evil'],
    ['$Version before a comma', `$Version=1,${REFRESH}=evil`],
    ['a comma between pairs', `a=1, ${REFRESH}=evil`],
    ['the name in quotes', `"${REFRESH}"=evil`],
  ])('%s is not our cookie', (_, header) => {
    expect(readCookies(header).has(REFRESH)).toBe(false);
    expect(readCookies(`${header}; ${REFRESH}=mine`).get(REFRESH)).toBe('mine');
  });

  it.each([
    ['two of one name', `${REFRESH}=mine; ${REFRESH}=evil`],
    ['two with one value', `${REFRESH}=mine; ${REFRESH}=mine`],
    ['one of them empty', `${REFRESH}=; ${REFRESH}=mine`],
    ['spaces and tabs around one', `${REFRESH}=mine;\t ${REFRESH} \t=evil`],
    ['one inside quotes', `$Version=1; a="; ${REFRESH}=evil; b="; ${REFRESH}=mine`],
  ])('%s count as none', (_, header) => {
    expect(readCookies(header).has(REFRESH)).toBe(false);
  });

  it('may have spaces and tabs around them, and so may values; quotes are part of a value', () => {
    expect(readCookies(` a \t= 1\t;\tb="2" ; c=3=4`)).toEqual(
      new Map([
        ['a', '1'],
        ['b', '"2"'],
        ['c', '3=4'],
      ]),
    );
  });

  it('a long header is read quickly', async () => {
    for (const filling of [' ', ';', '; ', '=', 'a=;', 'a =;', `${REFRESH}=;`, 'a \t ']) {
      const header = filling.repeat(65_536 / filling.length) + 'x';
      expect(await processorMs(() => readCookies(header))).toBeLessThan(200);
      expect(await processorMs(() => replaceCookies(header, [REFRESH], ['b=2']))).toBeLessThan(200);
    }
  });
});

describe('the header for the page', () => {
  it('keeps all other cookies as they are', () => {
    expect(replaceCookies(`theme=a; ${ACCESS}=1; theme=b;x; =y`, [], [`${ACCESS}=2; Path=/`, 'gone=;'])).toBe(
      `theme=a; theme=b; x; =y; ${ACCESS}=2`,
    );
    expect(replaceCookies(`${ACCESS}=1; a=b`, [], [`${ACCESS}=; Max-Age=0`, 'no pair'])).toBe('a=b');
    expect(replaceCookies(null, [], [])).toBe('');
  });
});

describe('a cookie that a sibling host planted', () => {
  let service: FakeService;
  let latchkey: LatchkeyNext;
  const seen: Headers[] = [];
  const NextResponse = {
    next({ request }: { request: { headers: Headers } }): Response {
      seen.push(request.headers);
      return new Response(null);
    },
  };

  beforeAll(async () => {
    service = await startFakeService();
    latchkey = createLatchkeyNext({ url: service.url });
    service.answer = (response) =>
      response
        .writeHead(200, {
          'content-type': 'application/json',
          'set-cookie': [`${ACCESS}=${EVIL}; Path=/`, `${REFRESH}=${EVIL}; Path=/`],
        })
        .end('{"expiresIn":900}');
  });
  afterAll(() => service.close());
  beforeEach(() => {
    service.requests.length = 0;
    seen.length = 0;
  });

  const names = BLANKS_IN_HEADERS.flatMap((blank) => [`${blank}${REFRESH}`, `${REFRESH}${blank}`]);

  it('never signs a visitor in, whatever blank is around its name', async () => {
    for (const name of names) {
      const request = new Request('http://app.example.com/', { headers: { cookie: `a=1; ${name}=${EVIL}` } });
      const response = await latchkey.middleware(NextResponse)(request);
      expect([codesOf(name), response.headers.getSetCookie()]).toEqual([codesOf(name), []]);
    }
    expect(service.requests).toEqual([]);
  });

  it('never reaches the service through a handler', async () => {
    for (const name of names) {
      const headers = { 'sec-fetch-site': 'same-origin', cookie: `a=1; ${name}=${EVIL}; b=2` };
      await latchkey.handlers.refresh(new Request('http://app.example.com/', { method: 'POST', headers }));
    }
    expect(service.requests).toHaveLength(names.length);
    expect(service.requests.filter(({ headers }) => headers.cookie !== undefined)).toEqual([]);
  });

  it('is not shown to the page either when it comes beside our own', async () => {
    const cookie = `theme=dark; ${ACCESS}=mine; ${ACCESS}=${EVIL}; ${REFRESH}=1; ${REFRESH}=2`;
    const request = new Request('http://app.example.com/', { headers: { cookie } });
    const response = await latchkey.middleware(NextResponse)(request);
    expect([response.headers.getSetCookie(), seen[0]!.get('cookie'), service.requests]).toEqual([
      [],
      'theme=dark',
      [],
    ]);
  });
});
