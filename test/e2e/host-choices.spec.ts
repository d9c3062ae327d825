import { randomBytes } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Injectable } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import {
  AccessJwtStrategy,
  type AccessTokenPayload,
  AuthError,
  type AuthModuleOptions,
  AuthOptionsError,
  RevocationList,
  JwtAuthGuard,
  type PasswordHasher,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  TokensService,
  type UserRecord,
  type UserStore,
} from '../../src/index.js';
import { generatePem } from '../../src/keys/signing-key.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, type HostSettings, startHost } from '../support/host-app.js';
import { createMigratedDatabase } from '../support/postgres.js';

const ADAPTERS: AdapterName[] = ['express', 'fastify'];
const secret = () => randomBytes(48).toString('base64url');
const decode = (token: string, part: 0 | 1) =>
  JSON.parse(Buffer.from(token.split('.')[part]!, 'base64url').toString());

const running: Host[] = [];
const start = async (settings: HostSettings) => {
  const host = await startHost(settings);
  running.push(host);
  return host;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((host) => host.close()));
});

const register = async ({ client }: Host) =>
  (await client.post('/auth/register', { email: newEmail(), password: PASSWORD })).body;

/** One for all that sign with RSA: to make one takes a second. */
let rsaPem: Promise<string> | undefined;

async function keyFor(algorithm: SigningAlgorithm): Promise<AuthModuleOptions['jwt']> {
  const refreshSecret = secret();
  if (algorithm.startsWith('HS')) return { algorithm, accessSecret: secret(), refreshSecret };
  const pem = /^[RP]S/.test(algorithm) ? (rsaPem ??= generatePem(algorithm)) : generatePem(algorithm);
  return { algorithm, accessPrivateKey: await pem, refreshSecret };
}

describe('every algorithm', () => {
  it.each(SIGNING_ALGORITHMS)('%s signs what the guard and the function accept', async (algorithm) => {
    const host = await start({ options: { jwt: await keyFor(algorithm) } });
    const { accessToken, refreshToken, user } = await register(host);
    expect(decode(accessToken, 0)).toEqual({ alg: algorithm, kid: expect.any(String), typ: 'at+jwt' });
    expect((await host.client.get('/orders', { token: accessToken })).status).toBe(200);
    expect(await host.app.get(TokensService).verify(accessToken)).toMatchObject({
      sub: user.id,
      type: 'access',
    });
    expect((await host.client.post('/auth/refresh', { refreshToken })).status).toBe(200);
  });
});

describe('lists of secrets', () => {
  it('the first signs, all verify, and one taken off the list no longer does', async () => {
    const database = await createMigratedDatabase();
    const [old, young] = [secret(), secret()];
    const [oldRefresh, youngRefresh] = [secret(), secret()];
    const before = await start({
      databaseUrl: database.url,
      options: { jwt: { accessSecret: old, refreshSecret: oldRefresh } },
    });
    const first = await register(before);
    // As long as an instance runs that does not know the new secrets, the old ones sign.
    await Promise.all(running.splice(0).map((host) => host.close()));

    const both = { accessSecret: [young, old], refreshSecret: [youngRefresh, oldRefresh] };
    const during = await start({ databaseUrl: database.url, options: { jwt: both } });
    expect((await during.client.get('/orders', { token: first.accessToken })).status).toBe(200);
    const second = (await during.client.post('/auth/refresh', { refreshToken: first.refreshToken })).body;
    expect(decode(second.accessToken, 0).kid).not.toBe(decode(first.accessToken, 0).kid);

    const after = await start({
      databaseUrl: database.url,
      options: { jwt: { accessSecret: young, refreshSecret: youngRefresh } },
    });
    expect((await after.client.get('/orders', { token: first.accessToken })).body.error).toBe(
      'INVALID_TOKEN',
    );
    expect((await after.client.get('/orders', { token: second.accessToken })).status).toBe(200);
    expect((await after.client.post('/auth/refresh', { refreshToken: second.refreshToken })).status).toBe(
      200,
    );
    await Promise.all(running.splice(0).map((host) => host.close()));
    await database.drop();
  });
});

describe('a lifetime that was lowered', () => {
  it('holds at once: tokens of before are refused, but refreshed and logged out with as ever', async () => {
    const database = await createMigratedDatabase();
    const keys = { accessSecret: secret(), refreshSecret: secret() };
    const startWith = (accessTtl: '15m' | '5m') =>
      start({ databaseUrl: database.url, options: { jwt: { ...keys, accessTtl } } });
    const before = await startWith('15m');
    const [stays, leaves] = [await register(before), await register(before)];

    const { client } = await startWith('5m');
    for (const { accessToken } of [stays, leaves])
      expect((await client.get('/orders', { token: accessToken })).body.error).toBe('INVALID_TOKEN');
    expect((await client.post('/auth/refresh', { refreshToken: stays.refreshToken })).status).toBe(200);
    expect((await client.post('/auth/logout', {}, { token: leaves.accessToken })).status).toBe(204);
    expect((await client.get('/orders', { token: leaves.accessToken })).body.error).toBe('INVALID_TOKEN');
    expect((await client.post('/auth/refresh', { refreshToken: leaves.refreshToken })).body.error).toBe(
      'TOKEN_REVOKED',
    );
    await Promise.all(running.splice(0).map((host) => host.close()));
    await database.drop();
  });
});

describe('rotation off', () => {
  it('keeps the same refresh token good until it is revoked', async () => {
    const host = await start({ options: { sessions: { rotation: false } } });
    const { refreshToken } = await register(host);
    for (let round = 0; round < 3; round++) {
      const answer = await host.client.post('/auth/refresh', { refreshToken });
      expect(answer).toMatchObject({ status: 200, body: { refreshToken } });
    }
    await host.client.post('/auth/logout', { refreshToken });
    expect((await host.client.post('/auth/refresh', { refreshToken })).body.error).toBe('TOKEN_REVOKED');
  });
});

describe('a leeway of zero', () => {
  it('takes the second use of a token for reuse at once', async () => {
    const host = await start({ options: { sessions: { leeway: '0s' } } });
    const { refreshToken } = await register(host);
    expect((await host.client.post('/auth/refresh', { refreshToken })).status).toBe(200);
    expect((await host.client.post('/auth/refresh', { refreshToken })).body.error).toBe(
      'REFRESH_TOKEN_REUSED',
    );
  });
});

describe('several apps in one process', () => {
  it('do not accept each other’s tokens', async () => {
    const [one, other] = await Promise.all([start({ adapter: 'express' }), start({ adapter: 'fastify' })]);
    const [mine, theirs] = await Promise.all([register(one), register(other)]);
    for (const [host, own, foreign] of [
      [one, mine, theirs],
      [other, theirs, mine],
    ] as const) {
      expect((await host.client.get('/orders', { token: own.accessToken })).status).toBe(200);
      expect((await host.client.get('/orders', { token: foreign.accessToken })).status).toBe(401);
      expect((await host.client.post('/auth/refresh', { refreshToken: own.refreshToken })).status).toBe(200);
      expect((await host.client.post('/auth/refresh', { refreshToken: foreign.refreshToken })).status).toBe(
        401,
      );
    }
  });
});

describe.each(ADAPTERS)('on %s', (adapter) => {
  it('JwtAuthGuard works as a global guard, with @Public() routes open', async () => {
    const host = await start({ adapter, providers: [{ provide: APP_GUARD, useExisting: JwtAuthGuard }] });
    const { accessToken } = await register(host);
    expect((await host.client.get('/orders')).body.error).toBe('TOKEN_MISSING');
    expect((await host.client.get('/orders/prices')).status).toBe(200);
    expect((await host.client.get('/orders', { token: accessToken })).status).toBe(200);
  });

  it('adds the claims of the host’s hook to every access token, but not in place of its own', async () => {
    const claims = async ({ id }: { id: string }) => ({
      tenant: `t-${id.slice(0, 4)}`,
      sub: 'somebody else',
      exp: 1,
    });
    const host = await start({ adapter, options: { claims } });
    const { accessToken, refreshToken, user } = await register(host);
    const refreshed = (await host.client.post('/auth/refresh', { refreshToken })).body;
    for (const token of [accessToken, refreshed.accessToken]) {
      expect(decode(token, 1)).toMatchObject({ tenant: `t-${user.id.slice(0, 4)}`, sub: user.id });
      const answer = await host.client.get('/orders', { token });
      expect(answer.body.user.claims.tenant).toBe(`t-${user.id.slice(0, 4)}`);
    }
  });

  it('a catch-all filter of the host still sees the right status', async () => {
    @Catch()
    class HostFilter implements ExceptionFilter {
      catch(error: unknown, host: ArgumentsHost) {
        const status = error instanceof HttpException ? error.getStatus() : 500;
        const response = host.switchToHttp().getResponse();
        response.status(status).send({ own: true, code: error instanceof AuthError ? error.code : null });
      }
    }
    const host = await start({ adapter, providers: [{ provide: APP_FILTER, useClass: HostFilter }] });
    expect(await host.client.get('/orders')).toMatchObject({ status: 401 });
  });
});

describe('replaced parts', () => {
  @Injectable()
  class TwoUsers implements UserStore {
    private readonly users = new Map<string, UserRecord>();

    async findById(id: string) {
      return this.users.get(id) ?? null;
    }

    async findByEmail(email: string) {
      return [...this.users.values()].find((user) => user.email === email) ?? null;
    }

    async create({
      email,
      name,
      passwordHash,
    }: {
      email: string;
      name: string | null;
      passwordHash: string;
    }) {
      if (await this.findByEmail(email)) return null;
      const id = `user-${this.users.size + 1}`;
      const user = {
        id,
        email,
        name,
        passwordHash,
        roles: ['owner'],
        permissions: [],
        disabled: false,
        createdAt: new Date(),
      };
      this.users.set(id, user);
      return user;
    }

    async replacePasswordHash(id: string, expected: string, next: string) {
      const user = this.users.get(id);
      if (user?.passwordHash !== expected) return false;
      user.passwordHash = next;
      return true;
    }
  }

  @Injectable()
  class ReversingHasher implements PasswordHasher {
    async hash(password: string) {
      return `reversed:${[...password].toReversed().join('')}`;
    }

    async verify(password: string, hash: string) {
      return hash === (await this.hash(password));
    }

    needsRehash() {
      return false;
    }
  }

  it('a user store and a password hasher of the host serve the whole flow', async () => {
    const host = await start({ parts: { userStore: TwoUsers, passwordHasher: ReversingHasher } });
    const { accessToken, refreshToken, user } = await register(host);
    expect(user).toMatchObject({ id: 'user-1', roles: ['owner'] });
    const removed = await host.client.call('/orders/1', { method: 'DELETE', token: accessToken });
    expect(removed.status).toBe(200);
    expect((await host.client.post('/auth/refresh', { refreshToken })).status).toBe(200);
    expect((await host.client.post('/auth/login', { email: user.email, password: PASSWORD })).status).toBe(
      200,
    );
    expect((await host.client.post('/auth/login', { email: user.email, password: 'wrong' })).status).toBe(
      401,
    );
    expect(await host.database.query(`SELECT * FROM users`)).toEqual([]);
  });

  it('controllers: [] leaves the endpoints out; TokensService works without HTTP', async () => {
    const host = await start({ parts: { controllers: [] } });
    expect((await host.client.post('/auth/login', {})).status).toBe(404);
    const users = await host.database.query(
      `INSERT INTO users (id, email) VALUES (gen_random_uuid(), 'bob@example.com') RETURNING id`,
    );
    const tokens = host.app.get(TokensService);
    const pair = await tokens.issue({ id: users[0].id, roles: ['clerk'], permissions: [] });
    const claims = await tokens.verify(pair.accessToken);
    expect(claims).toMatchObject({ sub: users[0].id, roles: ['clerk'], type: 'access' });
    const next = await tokens.rotate(pair.refreshToken);
    await tokens.revoke(next.refreshToken);
    await expect(tokens.verify(next.accessToken)).rejects.toMatchObject({
      code: 'TOKEN_REVOKED',
      statusCode: 401,
    });
    await expect(tokens.rotate(next.refreshToken)).rejects.toMatchObject({ code: 'TOKEN_REVOKED' });
    await expect(tokens.verify('x')).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
  });

  it('a revocation list of the host is asked, and when it cannot tell the token is refused', async () => {
    @Injectable()
    class BrokenList implements RevocationList {
      async revoke(): Promise<void> {}

      isRevoked(): boolean {
        throw new Error('cannot tell');
      }
    }
    const host = await start({ parts: { revocationList: BrokenList } });
    const { accessToken } = await register(host);
    expect((await host.client.get('/orders', { token: accessToken })).status).toBe(500);
  });

  it('a strategy of the host that extends ours says who the current user is', async () => {
    @Injectable()
    class NamingStrategy extends AccessJwtStrategy {
      override async validate(claims: AccessTokenPayload) {
        return { ...(await super.validate(claims)), nickname: 'Countess' };
      }
    }
    const host = await start({ parts: { accessJwtStrategy: NamingStrategy } });
    const { accessToken } = await register(host);
    expect((await host.client.get('/orders', { token: accessToken })).body.user.nickname).toBe('Countess');
  });
});

describe('revocations', () => {
  it('survive a restart', async () => {
    const database = await createMigratedDatabase();
    const jwt = { accessSecret: secret(), refreshSecret: secret() };
    const before = await start({ databaseUrl: database.url, options: { jwt } });
    const { accessToken, refreshToken } = await register(before);
    await before.client.post('/auth/logout', { refreshToken });
    const after = await start({ databaseUrl: database.url, options: { jwt } });
    expect((await after.client.get('/orders', { token: accessToken })).body.error).toBe('TOKEN_REVOKED');
    await Promise.all(running.splice(0).map((host) => host.close()));
    await database.drop();
  });
});

describe('options that cannot work', () => {
  it('stop the app from starting, each named with what to write instead', async () => {
    const options = {
      jwt: { algorithm: 'none', accessSecret: 'short', refreshSecret: '', accessTtl: '15 minutes' },
      passwords: { minLength: 3, bcryptCost: 4 },
      sessions: { leeway: '2m' },
      cookies: { secure: false, sameSite: 'none' },
      rateLimits: { login: { limit: 0, per: '10m' } },
    } as unknown as AuthModuleOptions;
    const failure: unknown = await startHost({ options }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AuthOptionsError);
    expect((failure as AuthOptionsError).problems.map(({ option }) => option).toSorted()).toEqual([
      'cookies.sameSite',
      'jwt.accessTtl',
      'jwt.algorithm',
      'jwt.refreshSecret',
      'passwords.bcryptCost',
      'passwords.minLength',
      'rateLimits.login.limit',
      'sessions.leeway',
    ]);
    expect((failure as Error).message).not.toContain('short\n');
  });

  it('one secret for both kinds of token is refused', async () => {
    const both = secret();
    const failure = await startHost({ options: { jwt: { accessSecret: both, refreshSecret: both } } }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ problems: [{ option: 'jwt.refreshSecret' }] });
  });
});
