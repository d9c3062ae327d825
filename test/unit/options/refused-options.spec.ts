import { randomBytes } from 'node:crypto';
import { type AuthModuleOptions, AuthOptionsError, checkAuthOptions } from '../../../src/index.js';

const secret = () => randomBytes(48).toString('base64url');
const [access, refresh, other] = [secret(), secret(), secret()];

function problemsOf(options: unknown): string[] {
  try {
    checkAuthOptions(options as AuthModuleOptions);
    return [];
  } catch (error) {
    if (!(error instanceof AuthOptionsError)) throw error;
    return error.problems.map(({ option, message }) => `${option} ${message}`);
  }
}

const withKeys = (options: object) => ({ jwt: { accessSecret: access, refreshSecret: refresh }, ...options });
const webhook = (more: object) => ({
  alerts: { webhook: { url: 'https://example.com', secret: other, ...more } },
});

describe('options that the app refuses to start with', () => {
  it.each<[string, object, string]>([
    [
      'one that is used for refresh tokens as pepper',
      { passwords: { peppers: [refresh] } },
      'passwords.peppers',
    ],
    [
      'one that is used for access tokens as pepper',
      { passwords: { peppers: [other, access] } },
      'passwords.peppers',
    ],
    ['one that others are told', webhook({ secret: refresh }), 'alerts.webhook.secret'],
  ])('a secret in two places: %s', (_, options, option) => {
    expect(problemsOf(withKeys(options))).toEqual([
      expect.stringMatching(`^${option} is also used elsewhere`),
    ]);
  });

  it.each<[object, RegExp]>([
    [{ passwords: { peppers: [5] } }, /^passwords.peppers must be a string or a list of strings/],
    [{ passwords: { peppers: 'short' } }, /^passwords.peppers is 5 bytes long/],
    [
      webhook({ secret: undefined }),
      /^alerts.webhook.secret is missing: openssl rand -base64 48 generates one$/,
    ],
    [webhook({ secret: '' }), /^alerts.webhook.secret is missing: openssl/],
    [webhook({ secret: 'short' }), /^alerts.webhook.secret is 5 bytes long/],
    [webhook({ allowPrivateAddresses: 'no' }), /^alerts.webhook.allowPrivateAddresses must be true or false/],
    [{ cookies: { silentRefresh: 'off' } }, /^cookies.silentRefresh must be true or false/],
    [{ cookies: { secure: 'false' } }, /^cookies.secure must be true or false/],
    [{ sessions: { rotation: 'false' } }, /^sessions.rotation must be true or false/],
    [
      { rateLimits: { logIn: { limit: 5, per: '1m' } } },
      /^rateLimits.logIn is unknown: did you mean rateLimits.login\?$/,
    ],
    [{ sessions: { absoluteTtl: '100000000d' } }, /^sessions.absoluteTtl must be from 1s to 36500d/],
    [{ cleanupEvery: '25d' }, /^cleanupEvery must be from 0s to 24d/],
  ])('%j', (options, expected) => {
    expect(problemsOf(withKeys(options))).toEqual([expect.stringMatching(expected)]);
  });

  it('none at all', () => {
    for (const options of [undefined, {}, { jwt: {} }])
      expect(problemsOf(options)).toEqual([
        expect.stringMatching(/^jwt.accessPrivateKey is missing: .*openssl/),
        expect.stringMatching(/^jwt.refreshSecret is missing: openssl/),
      ]);
  });

  it('but a limit that is undefined keeps its default', () => {
    expect(problemsOf(withKeys({ rateLimits: { login: undefined } }))).toEqual([]);
  });
});
