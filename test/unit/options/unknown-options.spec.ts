import { randomBytes } from 'node:crypto';
import { type AuthModuleOptions, AuthOptionsError, checkAuthOptions } from '../../../src/index.js';

const secret = () => randomBytes(48).toString('base64url');
const jwt = { accessSecret: secret(), refreshSecret: secret() };

function problemsOf(options: unknown): string[] {
  try {
    checkAuthOptions(options as AuthModuleOptions);
    return [];
  } catch (error) {
    if (!(error instanceof AuthOptionsError)) throw error;
    return error.problems.map(({ option, message }) => `${option} ${message}`);
  }
}

describe('an option that is unknown', () => {
  it.each<[object, string]>([
    [{ password: { minLength: 20 } }, 'password is unknown: did you mean passwords?'],
    [{ Cookies: {} }, 'Cookies is unknown: did you mean cookies?'],
    [{ rateLimit: false }, 'rateLimit is unknown: did you mean rateLimits?'],
    [
      { passwords: { minimumLength: 20 } },
      'passwords.minimumLength is unknown: did you mean passwords.minLength?',
    ],
    [{ jwt: { ...jwt, accessTokenTtl: '5m' } }, 'jwt.accessTokenTtl is unknown: did you mean jwt.accessTtl?'],
    [
      { sessions: { max: 3 } },
      'sessions.max is unknown: expected one of absoluteTtl, rotation, leeway, maxPerUser, whenFull',
    ],
    [{ jwt: { ...jwt, leeway: '5s' } }, 'jwt.leeway is unknown: did you mean sessions.leeway?'],
    [{ accessTtl: '5m' }, 'accessTtl is unknown: did you mean jwt.accessTtl?'],
    [
      { rateLimits: { signin: { limit: 5, per: '1m' } } },
      'rateLimits.signin is unknown: expected one of register, login, refresh, logout, password',
    ],
    [
      { rateLimits: { login: { limit: 5, per: '1m', ttl: 60 } } },
      'rateLimits.login.ttl is unknown: expected one of limit, per',
    ],
    [
      { alerts: { webhook: { url: 'https://example.com', secret: secret(), allowPrivate: true } } },
      'alerts.webhook.allowPrivate is unknown: did you mean alerts.webhook.allowPrivateAddresses?',
    ],
    [{ audit: { retentionTime: '30d' } }, 'audit.retentionTime is unknown: did you mean audit.retention?'],
    [
      { accountProtection: { maxFailure: 5 } },
      'accountProtection.maxFailure is unknown: did you mean accountProtection.maxFailures?',
    ],
    [JSON.parse('{"__proto__": 1}'), '__proto__ is unknown'],
    [{ toString: 1 }, 'toString is unknown'],
  ])('is refused by name: %j', (options, expected) => {
    const problems = problemsOf({ jwt, ...options });
    expect(problems).toEqual([expect.stringContaining(expected)]);
  });

  it('in the key ring is refused by name', () => {
    const keyRing = { encryptionSecret: secret(), rotateAfter: '30d' };
    expect(problemsOf({ jwt: { keyRing, refreshSecret: secret() } })).toEqual([
      'jwt.keyRing.rotateAfter is unknown: did you mean jwt.keyRing.rotateEvery?',
    ]);
  });

  it('is ignored when its value is undefined, as that of a setting nobody made', () => {
    expect(problemsOf({ jwt, password: undefined, cookies: { domain: undefined } })).toEqual([]);
  });

  it('is none of the parts, which stand among the options of forRoot', () => {
    expect(problemsOf({ jwt, userStore: class {}, isGlobal: false, dataSource: 'users' })).toEqual([]);
  });

  it('is named along with all else that is wrong', () => {
    expect(problemsOf({ jwt: {}, password: {}, cleanupEvery: 5 }).map((line) => line.split(' ')[0])).toEqual([
      'jwt.accessPrivateKey',
      'jwt.refreshSecret',
      'cleanupEvery',
      'password',
    ]);
  });
});

describe('a group of options of the wrong shape', () => {
  it.each<[object, string]>([
    [{ passwords: 15 }, 'passwords must be an object with the options minLength, bcryptCost, peppers, '],
    [{ jwt: 'secret' }, 'jwt must be an object with the options algorithm, accessSecret, '],
    [{ cookies: [] }, 'cookies must be an object with the options secure, sameSite, '],
    [{ redis: 'redis://localhost' }, 'redis must be an object with the options url'],
    [{ rateLimits: 'off' }, 'rateLimits must be false or an object with the options register, login, '],
    [{ rateLimits: { login: 5 } }, 'rateLimits.login must be an object with the options limit, per'],
    [
      { accountProtection: 5 },
      'accountProtection must be false or an object with the options freeFailures, ',
    ],
    [{ audit: '90d' }, 'audit must be false or an object with the options retention'],
    [
      { alerts: { webhook: 'https://example.com' } },
      'alerts.webhook must be an object with the options url, ',
    ],
    [
      { jwt: { ...jwt, accessSecret: undefined, keyRing: secret() } },
      'jwt.keyRing must be an object with the options ',
    ],
    [{ claims: { tenant: 1 } }, 'claims must be a function'],
    [{ clock: 0 }, 'clock must be a function'],
    [
      { cookies: { clearSiteData: 'cache' } },
      'cookies.clearSiteData must be a list with any of cache, storage, cookies',
    ],
    [{ passwords: { serviceName: 5 } }, 'passwords.serviceName must be a string'],
  ])('is named once, and what it should hold: %j', (options, expected) => {
    expect(problemsOf({ jwt, ...options })).toEqual([expect.stringContaining(expected)]);
  });

  it.each([['text'], [5], [[]], [() => undefined]])('for all of them: %p', (options) => {
    expect(problemsOf(options)).toEqual([
      expect.stringMatching(/^options must be an object with the options jwt, /),
    ]);
  });

  it('is none when it is null or, where false turns it off, true', () => {
    const options = { sessions: null, redis: null, cookies: { secure: null }, rateLimits: true, audit: true };
    expect(problemsOf({ jwt, ...options, accountProtection: true })).toEqual([]);
  });
});
