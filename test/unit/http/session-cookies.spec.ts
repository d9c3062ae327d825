// Covers docs/security.md, case 94, 97, 98, 99.
import type { HttpAdapterHost } from '@nestjs/core';
import { type CookieSettings, SessionCookies } from '../../../src/http/browser/session-cookies.js';
import type { TokenPair } from '../../../src/tokens/token-types.js';
import { BLANKS, codesOf } from '../../support/blanks.js';
import { processorMs } from '../../support/processor-time.js';

/** A response reduced to the list of its headers. */
class Headers extends Array<[name: string, value: string]> {
  getHeader(name: string): string[] | undefined {
    const values = [...this].filter(([other]) => other === name).map(([, value]) => value);
    return values.length > 0 ? values : undefined;
  }

  removeHeader(name: string): void {
    const others = [...this].filter(([other]) => other !== name);
    this.splice(0, this.length, ...others);
  }
}
const adapter = {
  setHeader: (response: Headers, name: string, value: string) => response.push([name, value]),
  appendHeader: (response: Headers, name: string, value: string) => response.push([name, value]),
};
const cookiesWith = (settings: Partial<CookieSettings> = {}) =>
  new SessionCookies({ secure: true, sameSite: 'strict', clearSiteData: ['cache', 'storage'], ...settings }, {
    httpAdapter: adapter,
  } as unknown as HttpAdapterHost);
const from = (cookie: string) => ({ headers: { cookie } });
const tokens: TokenPair = {
  accessToken: 'a.b.c',
  refreshToken: 'd.e.f',
  tokenType: 'Bearer',
  expiresIn: 900,
  refreshExpiresIn: 604_800,
  sessionExpiresAt: '2030-01-01T00:00:00.000Z',
};

describe('the attributes of the cookies', () => {
  it.each(['strict', 'lax', 'none'] as const)(
    'are the same when set and when cleared, SameSite=%s',
    (sameSite) => {
      const cookies = cookiesWith({ sameSite });
      const [set, cleared] = [new Headers(), new Headers()];
      cookies.set(set, tokens);
      cookies.clear(cleared);
      const attributes = `Path=/; HttpOnly; Secure; SameSite=${sameSite[0]!.toUpperCase()}${sameSite.slice(1)}`;
      expect([...set]).toEqual([
        ['Set-Cookie', `__Host-access=a.b.c; Max-Age=900; ${attributes}`],
        ['Set-Cookie', `__Host-refresh=d.e.f; Max-Age=604800; ${attributes}`],
      ]);
      expect([...cleared]).toEqual([
        ['Set-Cookie', `__Host-access=; Max-Age=0; ${attributes}`],
        ['Set-Cookie', `__Host-refresh=; Max-Age=0; ${attributes}`],
      ]);
    },
  );

  it('include Partitioned everywhere, or nowhere', () => {
    for (const partitioned of [true, false, undefined]) {
      const cookies = cookiesWith({ sameSite: 'none', partitioned });
      const response = new Headers();
      cookies.set(response, tokens);
      cookies.clear(response);
      cookies.renew(from('__Host-refresh=old'), response, tokens);
      const lines = response.filter(([name]) => name === 'Set-Cookie').map(([, line]) => line);
      expect(lines).toHaveLength(2);
      expect(lines.map((line) => /; Partitioned(;|$)/.test(line))).toEqual([
        partitioned === true,
        partitioned === true,
      ]);
    }
  });

  it.each([true, false])(
    'a second cookie, from before Partitioned was turned on or off, is cleared as well (%p)',
    (partitioned) => {
      const cookies = cookiesWith({ sameSite: 'none', partitioned });
      const response = Object.assign(new Headers(), {
        req: from('__Host-access=a; __Host-access=b; __Host-refresh=c'),
      });
      const written = () =>
        [...response].map(([, line]) => [line.split(';')[0], line.includes('Partitioned')]);
      cookies.clear(response);
      expect(written()).toEqual([
        ['__Host-access=', !partitioned],
        ['__Host-access=', partitioned],
        ['__Host-refresh=', partitioned],
      ]);
      cookies.set(response, tokens);
      expect(written()).toEqual([
        ['__Host-access=', !partitioned],
        ['__Host-access=a.b.c', partitioned],
        ['__Host-refresh=d.e.f', partitioned],
      ]);
    },
  );

  it('the last write is the only one of its name; cookies of others stay', () => {
    const cookies = cookiesWith();
    const response = new Headers();
    response.push(['Set-Cookie', 'theme=dark']);
    cookies.set(response, tokens);
    response.push(['Set-Cookie', 'x=__Host-access=']);
    cookies.clear(response);
    expect([...response].map(([, line]) => line.split('; ')[0])).toEqual([
      'theme=dark',
      'x=__Host-access=',
      '__Host-access=',
      '__Host-refresh=',
    ]);
  });

  it('lack Secure, and the prefix in their names, only if Secure is off', () => {
    const set = new Headers();
    cookiesWith({ secure: false, sameSite: 'lax' }).set(set, tokens);
    expect(set.map(([, line]) => line)).toEqual([
      'access=a.b.c; Max-Age=900; Path=/; HttpOnly; SameSite=Lax',
      'refresh=d.e.f; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax',
    ]);
  });

  it('a token too long for a cookie is an error rather than a login that does not last', () => {
    const long = { ...tokens, accessToken: 'x'.repeat(4090) };
    const response = new Headers();
    expect(() => cookiesWith().set(response, long)).toThrow(/__Host-access is too long/);
    expect([...response]).toEqual([]);
  });
});

describe('a foreign cookie is never taken for ours', () => {
  const cookies = cookiesWith();

  it('reads what browsers send', () => {
    for (const header of [
      '__Host-refresh=d.e.f',
      'theme=dark; __Host-access=a.b.c; __Host-refresh=d.e.f; x=',
      'theme;__Host-refresh=d.e.f',
      '__Host-access=a.b.c;\t__Host-refresh = d.e.f ',
    ])
      expect(cookies.refreshToken(from(header))).toBe('d.e.f');
  });

  it.each([
    ['two of one name', '__Host-refresh=d.e.f; __Host-refresh=evil'],
    ['two of one name, the foreign one first', '__Host-refresh=evil; __Host-refresh=d.e.f'],
    ['two of one name with one value', '__Host-refresh=d.e.f; __Host-refresh=d.e.f'],
    ['a second one that is empty', '__Host-refresh=; __Host-refresh=d.e.f'],
    [
      'a second one inside quotes (cookie sandwich)',
      '$Version=1; a="; __Host-refresh=evil; b="; __Host-refresh=d.e.f',
    ],
    ['a second one with a space before it', '__Host-refresh=d.e.f; \t __Host-refresh=evil'],
  ])('%s is an invalid token', (_, header) => {
    expect(cookies.refreshToken(from(header))).toBe('ambiguous');
  });

  it.each([
    ['another case', '__host-refresh=evil'],
    ['upper case', '__HOST-REFRESH=evil'],
    ['a no-break space before the name', '\u00A0__Host-refresh=evil'],
    ['a line separator before the name', '\u2028__Host-refresh=evil'],
    ['no name', '=__Host-refresh=evil'],
    ['no name and no equals sign', '__Host-refresh'],
    ['$Version before it', '$Version=1,__Host-refresh=evil'],
    ['a longer name', 'x__Host-refresh=evil; __Host-refreshx=evil'],
    ['the name without the prefix', 'refresh=evil'],
    ['the name encoded', '__Host%2Drefresh=evil'],
    ['a comma between pairs', 'a=1, __Host-refresh=evil'],
  ])('%s is not our cookie, alone or next to it', (_, header) => {
    expect(cookies.refreshToken(from(header))).toBeUndefined();
    expect(cookies.presentIn(from(header))).toBe(false);
    expect(cookies.refreshToken(from(`${header}; __Host-refresh=d.e.f`))).toBe('d.e.f');
    expect(cookies.refreshToken(from(`__Host-refresh=d.e.f; ${header}`))).toBe('d.e.f');
  });

  it.each(BLANKS.map((blank) => [codesOf(blank), blank]))('%s around the name is part of it', (_, blank) => {
    for (const name of [`${blank}__Host-refresh`, `__Host-refresh${blank}`]) {
      expect(cookies.refreshToken(from(`a=1; ${name}=evil`))).toBeUndefined();
      expect(cookies.refreshToken(from(`${name}=evil; __Host-refresh=d.e.f`))).toBe('d.e.f');
      expect(cookies.refreshToken(from(`__Host-refresh=d.e.f; ${name}=evil`))).toBe('d.e.f');
    }
    expect(cookies.refreshToken(from(`__Host-refresh=${blank}d.e.f`))).toBe(`${blank}d.e.f`);
  });

  it('quotes and percent signs are part of the value', () => {
    expect(cookies.refreshToken(from('__Host-refresh="d.e.f"'))).toBe('"d.e.f"');
    expect(cookies.refreshToken(from('__Host-refresh=d%2Ee%2Ef'))).toBe('d%2Ee%2Ef');
  });

  it('an empty cookie counts as missing', () => {
    expect(cookies.refreshToken(from('__Host-refresh='))).toBeUndefined();
    expect(cookies.presentIn(from('__Host-refresh=; __Host-access='))).toBe(false);
    expect(cookies.presentIn({ headers: {} })).toBe(false);
  });

  it('a header full of spaces, separators or names is read quickly', async () => {
    const size = 64 * 1024;
    for (const filling of [' ', ';', '; ', '=', '__Host-refresh', '__Host-refresh ', ';__Host-refresh=']) {
      const header = filling.repeat(size / filling.length) + '__Host-refresh';
      expect(await processorMs(() => cookies.refreshToken(from(header)))).toBeLessThan(100);
    }
  });
});

describe('Clear-Site-Data', () => {
  it('names what the options say, in quotes, and is omitted if they say nothing', () => {
    const response = new Headers();
    cookiesWith().clearSiteData(response);
    cookiesWith({ clearSiteData: ['cookies'] }).clearSiteData(response);
    cookiesWith({ clearSiteData: [] }).clearSiteData(response);
    expect([...response]).toEqual([
      ['Clear-Site-Data', '"cache", "storage"'],
      ['Clear-Site-Data', '"cookies"'],
    ]);
  });
});

it('renewed cookies are found on the request that renewed them, and on no other', () => {
  const cookies = cookiesWith();
  const [request, other] = [from('__Host-refresh=old'), from('__Host-refresh=old')];
  const response = new Headers();
  cookies.renew(request, response, tokens);
  expect(cookies.accessToken(request)).toBe('a.b.c');
  expect(cookies.refreshToken(request)).toBe('d.e.f');
  expect(cookies.refreshToken(other)).toBe('old');
  expect(response).toContainEqual(['Cache-Control', 'no-store']);
});
