import { createHmac, randomBytes } from 'node:crypto';
import { Controller, Injectable, Post, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import {
  JwtAuthGuard,
  TokensService,
  TypeOrmUserStore,
  UnavailableError,
  type UserRecord,
} from '../../src/index.js';
import { readConfiguration } from '../../src/settings/configuration.js';
import { type Answer, newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, type HostSettings, startHost } from '../support/host-app.js';
import { createMigratedDatabase } from '../support/postgres.js';
import { productionSettings } from '../support/service-process.js';
import { until } from '../support/until.js';

@Controller('notes')
@UseGuards(JwtAuthGuard)
class NotesController {
  @Post()
  add() {
    return { added: true };
  }
}

/** A user store that can be delayed or made unavailable. */
@Injectable()
class SlowUserStore extends TypeOrmUserStore {
  static gate: Promise<void> | undefined;
  static away = false;

  constructor(@InjectDataSource() source: DataSource) {
    super(source);
  }

  override async findById(id: string): Promise<UserRecord | null> {
    await SlowUserStore.gate;
    if (SlowUserStore.away) throw new UnavailableError({ retryAfter: 1 });
    return super.findById(id);
  }
}

interface Session {
  access: string;
  refresh: string;
  sid: string;
}

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** The same token as if it had been issued an hour ago. */
function expired(token: string, secret: string): string {
  const claims = claimsOf(token);
  const payload = encode({ ...claims, iat: claims.iat - 3600, exp: claims.exp - 3600 });
  const input = `${token.split('.')[0]}.${payload}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

const running: Host[] = [];
afterEach(async () => {
  SlowUserStore.gate = undefined;
  SlowUserStore.away = false;
  await Promise.all(running.splice(0).map((host) => host.close()));
});
const start = async (settings: HostSettings) => {
  const host = await startHost(settings);
  running.push(host);
  return host;
};

const login = async (host: Host): Promise<Session> => {
  const answer = await host.client.post(
    '/auth/register',
    { email: newEmail(), password: PASSWORD },
    { headers: { 'x-auth-transport': 'cookie' } },
  );
  return sessionIn(answer);
};
const sessionIn = ({ cookies }: Answer): Session => {
  const [access, refresh] = [cookies.access!.value, cookies.refresh!.value];
  return { access, refresh, sid: claimsOf(access).sid };
};
const currentJti = async ({ database }: Host, { sid }: Session) =>
  (await database.query(`SELECT current_jti FROM refresh_tokens WHERE id = $1`, [sid]))[0].current_jti;
/** Neither cookie was changed, and the session did not rotate. */
const expectUntouched = async (host: Host, session: Session, answer: Answer) => {
  expect(answer.cookies).toEqual({});
  expect(await currentJti(host, session)).toBe(claimsOf(session.refresh).jti);
};
const CLEARED = expect.objectContaining({ value: '', attributes: expect.arrayContaining(['max-age=0']) });

describe.each<AdapterName>(['express', 'fastify'])('silent refresh on %s', (adapter) => {
  const options = { cookies: { secure: false, silentRefresh: true } };
  const startSilent = (settings: HostSettings = {}) =>
    start({
      adapter,
      controllers: [NotesController],
      ...settings,
      options: { ...options, ...settings.options },
    });

  let host: Host;
  beforeAll(async () => {
    host = await startHost({ adapter, controllers: [NotesController], options });
  });
  afterAll(() => host.close());

  describe('a valid refresh cookie', () => {
    it.each([
      ['a missing access cookie', () => ''],
      ['an expired one', ({ access }: Session, secret: string) => `access=${expired(access, secret)}; `],
      ['an empty one', () => 'access=; '],
    ])('with %s: the request is served and the answer sets new cookies', async (_, access) => {
      const session = await login(host);
      const cookie = `${access(session, host.secrets.access)}refresh=${session.refresh}`;
      const answer = await host.client.get('/orders', { cookie });
      expect(answer).toMatchObject({ status: 200, body: { user: { sessionId: session.sid } } });
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const renewed = sessionIn(answer);
      expect(renewed.refresh).not.toBe(session.refresh);
      expect(await currentJti(host, session)).toBe(claimsOf(renewed.refresh).jti);
      expect(answer.cookies.refresh!.attributes).toEqual([
        'max-age=604800',
        'path=/',
        'httponly',
        'samesite=lax',
      ]);

      const next = await host.client.get('/orders', { cookie: `access=${renewed.access}` });
      expect(next).toMatchObject({ status: 200, cookies: {} });
      expect(
        (await host.client.post('/auth/refresh', undefined, { cookie: `refresh=${renewed.refresh}` })).status,
      ).toBe(200);
    });

    it('changes nothing while the access cookie is valid, or on a public route', async () => {
      const session = await login(host);
      const cookie = `access=${session.access}; refresh=${session.refresh}`;
      await expectUntouched(host, session, await host.client.get('/orders', { cookie }));
      const open = await host.client.get('/orders/prices', { cookie: `refresh=${session.refresh}` });
      expect(open.status).toBe(200);
      await expectUntouched(host, session, open);
    });

    it('works with rotation turned off', async () => {
      const host = await startSilent({ options: { sessions: { rotation: false } } });
      const { refresh } = await login(host);
      const answer = await host.client.get('/orders', { cookie: `refresh=${refresh}` });
      expect(answer).toMatchObject({ status: 200, cookies: { refresh: { value: refresh } } });
    });

    it('sets new cookies even if the request then fails', async () => {
      const { refresh } = await login(host);
      const answer = await host.client.call('/orders/1', { method: 'DELETE', cookie: `refresh=${refresh}` });
      expect(answer).toMatchObject({ status: 403, body: { error: 'FORBIDDEN' } });
      expect(
        (await host.client.get('/orders', { cookie: `access=${sessionIn(answer).access}` })).status,
      ).toBe(200);
    });

    it('rotates once when two guards check the same request', async () => {
      const host = await startSilent({ providers: [{ provide: APP_GUARD, useExisting: JwtAuthGuard }] });
      const session = await login(host);
      const answer = await host.client.get('/orders', { cookie: `refresh=${session.refresh}` });
      expect(answer.status).toBe(200);
      expect(answer.headers.getSetCookie()).toHaveLength(2);
      expect(await currentJti(host, session)).toBe(claimsOf(sessionIn(answer).refresh).jti);
    });

    it('leaves no cookies after a logout everywhere that it authenticated', async () => {
      const { refresh } = await login(host);
      const answer = await host.client.post('/auth/logout-all', undefined, { cookie: `refresh=${refresh}` });
      expect(answer).toMatchObject({ status: 204, cookies: { access: CLEARED, refresh: CLEARED } });
      // One line for each cookie (RFC 6265 §4.1.1): the clearing lines replaced the new ones.
      expect(answer.headers.getSetCookie()).toHaveLength(2);
      expect((await host.client.get('/orders', { cookie: `refresh=${refresh}` })).body.error).toBe(
        'TOKEN_REVOKED',
      );
    });
  });

  describe('does not happen for', () => {
    it('hosts that did not turn it on', async () => {
      const host = await start({ adapter });
      const session = await login(host);
      const { refresh, access } = session;
      const missing = await host.client.get('/orders', { cookie: `refresh=${refresh}` });
      expect(missing).toMatchObject({ status: 401, body: { error: 'TOKEN_MISSING' } });
      await expectUntouched(host, session, missing);
      const cookie = `access=${expired(access, host.secrets.access)}; refresh=${refresh}`;
      const late = await host.client.get('/orders', { cookie });
      expect(late).toMatchObject({ status: 401, body: { error: 'TOKEN_EXPIRED' } });
      await expectUntouched(host, session, late);
      const invalid = await host.client.get('/orders', { cookie: `access=rubbish; refresh=${refresh}` });
      expect(invalid).toMatchObject({ status: 401, body: { error: 'INVALID_TOKEN' } });
      await expectUntouched(host, session, invalid);
    });

    it('requests that a browser prefetches or a foreign page embeds', async () => {
      const session = await login(host);
      const cookie = `refresh=${session.refresh}`;
      for (const headers of [
        { 'sec-purpose': 'prefetch' },
        { 'sec-purpose': 'prefetch;prerender' },
        { purpose: 'prefetch' },
        { 'x-purpose': 'preview' },
        { 'x-moz': 'prefetch' },
        { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' },
        { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'iframe' },
        { origin: 'null' },
      ] as Record<string, string>[]) {
        const answer = await host.client.get('/orders', { cookie, headers });
        expect({ ...answer, sent: headers }).toMatchObject({ status: 401, body: { error: 'TOKEN_MISSING' } });
        await expectUntouched(host, session, answer);
        const invalid = await host.client.get('/orders', { cookie: `access=x; ${cookie}`, headers });
        expect(invalid.cookies).toEqual({});
      }
      const headers = {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
      };
      expect((await host.client.get('/orders', { cookie, headers })).status).toBe(200);
    });

    it('requests with an explicit credential', async () => {
      const session = await login(host);
      const cookie = `access=${session.access}; refresh=${session.refresh}`;
      const token = expired(session.access, host.secrets.access);
      const answer = await host.client.get('/orders', { cookie, token });
      expect(answer).toMatchObject({ status: 401, body: { error: 'TOKEN_EXPIRED' } });
      await expectUntouched(host, session, answer);
      const invalid = await host.client.get('/orders', { cookie, token: 'rubbish' });
      expect(invalid).toMatchObject({ status: 401, body: { error: 'INVALID_TOKEN' } });
      await expectUntouched(host, session, invalid);
    });

    it('foreign pages that try to change something: the CSRF check comes first', async () => {
      const session = await login(host);
      const cookie = `refresh=${session.refresh}`;
      const foreign = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' };
      const refused = await host.client.post('/notes', undefined, { cookie, headers: foreign });
      expect(refused).toMatchObject({ status: 403, body: { error: 'CSRF_REJECTED' } });
      await expectUntouched(host, session, refused);
      const own = { 'sec-fetch-site': 'same-origin' };
      const served = await host.client.post('/notes', undefined, { cookie, headers: own });
      expect(served).toMatchObject({ status: 201, body: { added: true } });
      expect(sessionIn(served).sid).toBe(session.sid);
    });

    it('access tokens that were revoked', async () => {
      const session = await login(host);
      await host.app.get(TokensService).revokeAccessToken(claimsOf(session.access).jti);
      const answer = await host.client.get('/orders', {
        cookie: `access=${session.access}; refresh=${session.refresh}`,
      });
      expect(answer).toMatchObject({ status: 401, body: { error: 'TOKEN_REVOKED' } });
      await expectUntouched(host, session, answer);
    });
  });

  describe('invalid cookies are cleared, not retried', () => {
    it('an access cookie: only that one is cleared, and the next request is served', async () => {
      const session = await login(host);
      const cookie = `refresh=${session.refresh}`;
      const answer = await host.client.get('/orders', { cookie: `access=rubbish; ${cookie}` });
      expect(answer).toMatchObject({ status: 401, body: { error: 'INVALID_TOKEN' } });
      expect(answer.cookies).toEqual({ access: CLEARED });
      expect(await currentJti(host, session)).toBe(claimsOf(session.refresh).jti);
      expect((await host.client.get('/orders', { cookie })).status).toBe(200);
    });

    const DEAD: [string, string, (host: Host, session: Session) => Promise<unknown> | string][] = [
      ['INVALID_REFRESH_TOKEN', 'rubbish', () => 'rubbish'],
      ['INVALID_REFRESH_TOKEN', 'an access token', (_, { access }) => access],
      ['INVALID_REFRESH_TOKEN', 'set twice', (_, { refresh }) => `${refresh}; refresh=evil`],
      [
        'TOKEN_REVOKED',
        'of a session that was ended',
        (host, { sid }) => host.app.get(TokensService).revokeSession(sid),
      ],
      [
        'REFRESH_TOKEN_EXPIRED',
        'of a session that expired',
        ({ database }, { sid }) =>
          database.query(`UPDATE refresh_tokens SET expires_at = now() WHERE id = $1`, [sid]),
      ],
      [
        'REFRESH_TOKEN_REUSED',
        'used twice before',
        async (host, { refresh }) => {
          const next = await host.client.post('/auth/refresh', { refreshToken: refresh });
          await host.client.post('/auth/refresh', { refreshToken: next.body.refreshToken });
        },
      ],
      [
        'TOKEN_REVOKED',
        'of a user who was disabled',
        ({ database }, { sid }) =>
          database.query(
            `UPDATE users SET disabled_at = now() WHERE id::text = (SELECT user_id FROM refresh_tokens WHERE id = $1)`,
            [sid],
          ),
      ],
    ];

    it.each(DEAD)('%s: a refresh cookie that is %s', async (error, _, make) => {
      const session = await login(host);
      const made = await make(host, session);
      const refresh = typeof made === 'string' ? made : session.refresh;
      const answer = await host.client.get('/orders', { cookie: `refresh=${refresh}` });
      expect(answer).toMatchObject({
        status: 401,
        body: { error },
        cookies: { access: CLEARED, refresh: CLEARED },
      });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
      expect(answer.headers.getSetCookie()).toHaveLength(2);
    });

    it('nothing is cleared if there was no cookie', async () => {
      const answer = await host.client.get('/orders', { cookie: 'theme=dark' });
      expect(answer).toMatchObject({ status: 401, body: { error: 'TOKEN_MISSING' }, cookies: {} });
    });
  });

  describe('concurrent requests', () => {
    it('share one rotation, even without a leeway', async () => {
      const host = await startSilent({
        options: { sessions: { leeway: '0s' } },
        parts: { userStore: SlowUserStore },
      });
      const { refresh } = await login(host);
      const tokens = host.app.get(TokensService);
      const verify = tokens.verifyRefreshToken.bind(tokens);
      let arrived = 0;
      tokens.verifyRefreshToken = async (token) => {
        const claims = await verify(token);
        arrived++;
        return claims;
      };
      let open = () => {};
      SlowUserStore.gate = new Promise((resolve) => (open = resolve));
      const requests = Array.from({ length: 20 }, () =>
        host.client.get('/orders', { cookie: `refresh=${refresh}` }),
      );
      await until(() => arrived === 20);
      open();
      const answers = await Promise.all(requests);
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect(new Set(answers.map((answer) => sessionIn(answer).access)).size).toBe(1);
      expect(new Set(answers.map((answer) => sessionIn(answer).refresh)).size).toBe(1);
    });

    it('on two instances all get the same successor', async () => {
      const database = await createMigratedDatabase();
      const secret = () => randomBytes(48).toString('base64url');
      const jwt = { accessSecret: secret(), refreshSecret: secret() };
      const hosts = [
        await startSilent({ databaseUrl: database.url, options: { jwt } }),
        await startSilent({ databaseUrl: database.url, options: { jwt } }),
      ];
      const session = await login(hosts[0]!);
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          hosts[i % 2]!.client.get('/orders', { cookie: `refresh=${session.refresh}` }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect(new Set(answers.map((answer) => sessionIn(answer).refresh)).size).toBe(1);
      expect(await currentJti(hosts[0]!, session)).toBe(claimsOf(sessionIn(answers[0]!).refresh).jti);
      await Promise.all(running.splice(0).map((host) => host.close()));
      await database.drop();
    });

    it('keep their cookies after a 503, and the same request succeeds later', async () => {
      const host = await startSilent({ parts: { userStore: SlowUserStore } });
      const { refresh } = await login(host);
      SlowUserStore.away = true;
      const answer = await host.client.get('/orders', { cookie: `refresh=${refresh}` });
      expect(answer).toMatchObject({ status: 503, body: { error: 'UNAVAILABLE' }, cookies: {} });
      SlowUserStore.away = false;
      const later = await host.client.get('/orders', { cookie: `refresh=${refresh}` });
      expect(later.status).toBe(200);
      expect(sessionIn(later).refresh).not.toBe(refresh);
    });
  });
});

it('the service has it turned off unless SILENT_REFRESH says otherwise', () => {
  const env = productionSettings('postgres://db/latchkey');
  expect(readConfiguration(env).auth.cookies?.silentRefresh).toBe(false);
  expect(readConfiguration({ ...env, SILENT_REFRESH: 'on' }).auth.cookies?.silentRefresh).toBe(true);
  expect(() => readConfiguration({ ...env, SILENT_REFRESH: 'maybe' })).toThrow(
    /SILENT_REFRESH must be true or false/,
  );
});

it('CORS_ORIGINS are the origins that the service trusts, and an invalid one is reported once', () => {
  const env = productionSettings('postgres://db/latchkey');
  const CORS_ORIGINS = 'https://app.example.com, http://localhost:5173';
  const { auth, corsOrigins } = readConfiguration({ ...env, CORS_ORIGINS });
  expect(corsOrigins).toEqual(['https://app.example.com', 'http://localhost:5173']);
  expect(auth.csrf?.trustedOrigins).toEqual(corsOrigins);
  const problems = () => readConfiguration({ ...env, CORS_ORIGINS: 'https://app.example.com/' });
  expect(problems).toThrow(/:\n {2}- CORS_ORIGINS must be a list of exact origins, each such as \S+$/);
});
