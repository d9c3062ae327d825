import { randomBytes } from 'node:crypto';
import { type AuthModuleOptions, AuthOptionsError } from '../../../src/index.js';
import { resolveOptions } from '../../../src/options/resolve-options.js';

const secret = () => randomBytes(48).toString('base64url');
const keys = { accessSecret: secret(), refreshSecret: secret() };

function resolve(options: { publicUrl?: unknown; jwt?: object }) {
  return resolveOptions({ ...options, jwt: { ...keys, ...options.jwt } } as AuthModuleOptions);
}

function problemsOf(options: Parameters<typeof resolve>[0]): string[] {
  try {
    resolve(options);
    return [];
  } catch (error) {
    if (!(error instanceof AuthOptionsError)) throw error;
    return error.problems.map(({ option, message }) => `${option} ${message}`);
  }
}

describe('the issuer and the address', () => {
  it.each<[object, string, string | undefined]>([
    [{}, 'latchkey', undefined],
    [{ publicUrl: 'https://auth.example.com' }, 'https://auth.example.com', 'https://auth.example.com'],
    [{ publicUrl: 'https://auth.example.com/' }, 'https://auth.example.com', 'https://auth.example.com'],
    [{ publicUrl: 'https://a.example/auth//' }, 'https://a.example/auth', 'https://a.example/auth'],
    [{ publicUrl: 'HTTPS://Auth.Example.com:443' }, 'https://auth.example.com', 'https://auth.example.com'],
    [{ publicUrl: 'http://[::1]:3000' }, 'http://[::1]:3000', 'http://[::1]:3000'],
    [{ jwt: { issuer: 'https://a.example/x/' } }, 'https://a.example/x/', 'https://a.example/x'],
    [
      { jwt: { issuer: 'https://a.example/1/2/3/4/' } },
      'https://a.example/1/2/3/4/',
      'https://a.example/1/2/3/4',
    ],
    [{ jwt: { issuer: 'mine' } }, 'mine', undefined],
    [{ publicUrl: 'https://a.example', jwt: { issuer: 'mine' } }, 'mine', 'https://a.example'],
  ])('of %j are known', (options, issuer, publicUrl) => {
    const resolved = resolve(options);
    expect([resolved.access.policy.issuer, resolved.publicUrl]).toEqual([issuer, publicUrl]);
    expect(resolved.refresh.policy.issuer).toBe(issuer);
  });

  it.each([
    '', ' ', 5, {}, [], 'auth.example.com', 'localhost:3000', '/auth', 'ftp://auth.example.com', 'https://',
    'https:auth.example.com', 'http://auth.example.com', 'http://127.0.0.1.example.com', 'http://localhost.example.com',
    'http://10.0.0.1', 'https://me@auth.example.com', 'https://:secret@auth.example.com', 'https://auth.example.com?',
    'https://auth.example.com/#', 'https://auth.example.com/?a=b', 'javascript:alert(1)',
  ])('cannot have the address %j', (publicUrl) => {
    expect(problemsOf({ publicUrl })).toEqual([expect.stringMatching(/^publicUrl must /)]);
  }); // prettier-ignore

  it.each(['https://', 'http:', 'https:auth', 'https://me@auth.example.com', 'HTTP://auth.example.com'])(
    'cannot have the issuer %j, which looks like a URL',
    (issuer) => {
      expect(problemsOf({ jwt: { issuer } })).toEqual([expect.stringMatching(/^jwt.issuer must /)]);
    },
  );

  it.each([
    'https://a.example/1/2/3/4/5',
    'https://a.example/1/2/3/4/5/',
    'https://a.example/1//2',
    'https://a.example//1',
  ])('cannot be %j, whose metadata would have no address', (address) => {
    const problem = 'must have a path of at most 4 segments, none of them empty';
    expect(problemsOf({ publicUrl: address })).toEqual([`publicUrl ${problem}`]);
    expect(problemsOf({ jwt: { issuer: address } })).toEqual([`jwt.issuer ${problem}`]);
  });

  it.each(['latchkey', [''], [' '], [5], [['latchkey']], {}, 5])(
    'cannot have %j as accepted issuers',
    (acceptedIssuers) => {
      expect(problemsOf({ jwt: { acceptedIssuers } })).toEqual([
        'jwt.acceptedIssuers must be a list of issuers, each a non-empty string',
      ]);
    },
  );
});

describe('the claims that are the same in every token', () => {
  it('are copied, so that nobody changes them later', () => {
    const claims = { tenant: { id: 'acme' } };
    const { staticClaims } = resolve({ jwt: { claims } });
    claims.tenant.id = 'other';
    expect(staticClaims).toEqual({ clientId: 'latchkey', added: { tenant: { id: 'acme' } } });
  });

  it.each([
    'iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sid', 'client_id', 'type', 'roles', 'permissions', 'auth_time', 'session_began',
    'acr', 'amr', 'cnf', 'active', 'token_type',
  ])('cannot contain %s', (name) => {
    expect(problemsOf({ jwt: { claims: { tenant: 'acme', [name]: 'x' } } })).toEqual([
      `jwt.claims must not contain ${name}: reserved for Latchkey`,
    ]);
  }); // prettier-ignore

  it('are refused by name, all together', () => {
    expect(problemsOf({ jwt: { claims: { exp: 1, iss: 'x', scope: 'a' } } })).toEqual([
      'jwt.claims must not contain exp, iss: reserved for Latchkey',
      'jwt.claims must not contain scope: set jwt.scope instead',
    ]);
  });

  const circular: Record<string, unknown> = {};
  circular.self = circular;
  it.each([
    [[]],
    ['text'],
    [5],
    [() => ({})],
    [{ big: 1n }],
    [circular],
    [new Date()],
    [{ toJSON: () => 5 }],
  ])('must be an object that can be written as JSON (%#)', (claims) => {
    expect(problemsOf({ jwt: { claims } })).toEqual([
      expect.stringMatching(/^jwt.claims must be an object that can be written as JSON/),
    ]);
  });

  it('must leave room in the token', () => {
    expect(problemsOf({ jwt: { claims: { long: 'x'.repeat(5000) } } })).toEqual([
      'jwt.claims must be at most 2048 bytes of JSON, with the scope: every access token carries it',
    ]);
  });

  it.each(['', ' ', ' a', 'a ', 'a  b', 'a\tb', 'a\nb', 'ä', 'a"b', 'a\\b', 5, ['a']])(
    'cannot have the scope %j (RFC 6749 §3.3)',
    (scope) => {
      expect(problemsOf({ jwt: { scope } })).toEqual([
        expect.stringMatching(/^jwt.scope must be scope tokens/),
      ]);
    },
  );

  it.each(['', ' ', 'a\nb', 'ä', 'x'.repeat(256), 5])('cannot have the client id %j', (clientId) => {
    expect(problemsOf({ jwt: { clientId } })).toEqual([
      'jwt.clientId must be 1 to 255 printable ASCII characters',
    ]);
  });
});
