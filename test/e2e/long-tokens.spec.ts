import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { SessionCookies, SIGNING_ALGORITHMS, TokensService } from '../../src/index.js';
import { generatePem } from '../../src/keys/signing-key.js';
import { cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';

/** What the claims hook adds to each token. */
let extra: Record<string, unknown> = {};
const scopes = (count: number) => Array.from({ length: count }, (_, i) => `projects:resource${i}:write`);
const COOKIE = { 'x-auth-transport': 'cookie' };

const TRANSPORTS = [
  { name: 'in the body', headers: {}, count: 400 },
  { name: 'in cookies', headers: COOKIE, count: 150 },
];

describe.each<AdapterName>(['express', 'fastify'])(
  'an access token that would be too long, on %s',
  (adapter) => {
    let host: Host;
    const logged: unknown[] = [];

    beforeAll(async () => {
      const log = () => undefined;
      const error = (message: unknown) => void logged.push(message);
      host = await startHost({
        adapter,
        options: { claims: () => extra },
        logger: { log, warn: log, error },
      });
    });
    afterAll(() => host?.close());
    beforeEach(() => {
      extra = {};
      logged.length = 0;
    });

    const register = async () => {
      const email = newEmail();
      const { body } = await host.client.post('/auth/register', { email, password: PASSWORD });
      return { email, id: body.user.id as string };
    };
    const liveSessions = (userId: string) => host.app.get(TokensService).sessionsOf(userId);

    it.each(TRANSPORTS)('is not issued at login $name, and leaves no session', async ({ headers, count }) => {
      const { email, id } = await register();
      extra = { scopes: scopes(count), tenant: 'acme' };
      const answer = await host.client.post('/auth/login', { email, password: PASSWORD }, { headers });
      expect(answer).toMatchObject({ status: 500, body: { error: 'INTERNAL_ERROR' } });
      expect(answer.cookies).toEqual({});
      // Only the session of the registration is live.
      expect(await liveSessions(id)).toHaveLength(1);
    });

    it.each(TRANSPORTS)(
      'the log names the claims but not their values, $name',
      async ({ headers, count }) => {
        const { email } = await register();
        extra = { scopes: scopes(count), tenant: 'acme' };
        const answer = await host.client.post('/auth/login', { email, password: PASSWORD }, { headers });
        const [entry] = logged as [{ err: Error }];
        expect(entry.err.message).toMatch(/scopes \(\d+\)/);
        expect(entry.err.message).toMatch(/tenant \(6\)/);
        expect(entry.err.message).not.toMatch(/resource1|acme/);
        expect(JSON.stringify(answer.body)).not.toMatch(/scopes/);
      },
    );

    it.each(TRANSPORTS)(
      'is not issued at a refresh $name, which loses nothing',
      async ({ headers, count }) => {
        const { email } = await register();
        const login = await host.client.post('/auth/login', { email, password: PASSWORD }, { headers });
        const cookie = cookieHeader(login) || undefined;
        const refresh = () =>
          host.client.post('/auth/refresh', { refreshToken: login.body.refreshToken }, { cookie });
        extra = { scopes: scopes(count) };
        for (let i = 0; i < 2; i++)
          expect(await refresh()).toMatchObject({
            status: 500,
            cookies: {},
            body: { error: 'INTERNAL_ERROR' },
          });
        // Later than the leeway: the token must still be the current one.
        await host.database.query(`UPDATE refresh_tokens SET rotated_at = rotated_at - interval '1 minute'`);
        extra = {};
        expect((await refresh()).status).toBe(200);
      },
    );

    it('is not issued by TokensService either, whichever part of the token is long', async () => {
      const tokens = host.app.get(TokensService);
      const subject = { id: randomUUID(), roles: ['a'], permissions: scopes(400) };
      await expect(tokens.issue(subject)).rejects.toMatchObject({
        code: 'INTERNAL_ERROR',
        cause: { message: expect.stringMatching(/permissions \(\d+\)/) },
      });
      expect(await liveSessions(subject.id)).toEqual([]);
    });

    it('a host can ask for a token that fits into a cookie before the session starts', async () => {
      const { maxAccessTokenLength } = host.app.get(SessionCookies);
      const subject = { id: randomUUID(), roles: [], permissions: scopes(150) };
      const issued = host.app.get(TokensService).issue(subject, {}, { maxAccessTokenLength });
      await expect(issued).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
      expect(await liveSessions(subject.id)).toEqual([]);
    });

    it('a claims hook that fails at a refresh loses nothing', async () => {
      const { email } = await register();
      const { body } = await host.client.post('/auth/login', { email, password: PASSWORD });
      extra = new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('not now');
          },
        },
      );
      expect((await host.client.post('/auth/refresh', body)).status).toBe(500);
      await host.database.query(`UPDATE refresh_tokens SET rotated_at = rotated_at - interval '1 minute'`);
      extra = {};
      expect((await host.client.post('/auth/refresh', body)).status).toBe(200);
    });
  },
);

describe('roles and permissions of any length and kind', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost();
  });
  afterAll(() => host?.close());

  /** What JSON makes six of one byte, what it makes two of, what takes many bytes, and what takes none. */
  const KINDS = ['\u0001', '"', '\\', '😀', 'a', ''];
  const COUNTS = [1, 20, 60, 120, 250, 600, 6000];

  it.each(TRANSPORTS)('are in the next token, or the refresh loses nothing, $name', async ({ headers }) => {
    const email = newEmail();
    await host.client.post('/auth/register', { email, password: PASSWORD });
    const answers = new Set<string>();
    for (const kind of KINDS)
      for (const count of COUNTS) {
        await host.database.query(`UPDATE users SET roles = '{}', permissions = '{}' WHERE email = $1`, [
          email,
        ]);
        const login = await host.client.post('/auth/login', { email, password: PASSWORD }, { headers });
        const cookie = cookieHeader(login) || undefined;
        const refresh = () =>
          host.client.post('/auth/refresh', { refreshToken: login.body.refreshToken }, { cookie });
        const roles = Array.from({ length: count / 2 }, () => kind);
        const permissions = [kind.repeat(count / 2)];
        await host.database.query(`UPDATE users SET roles = $1, permissions = $2 WHERE email = $3`, [
          roles,
          permissions,
          email,
        ]);
        const { status, body, cookies } = await refresh();
        answers.add(`${kind} ${status}`);
        const token =
          body.accessToken ?? Object.entries(cookies).find(([name]) => name.endsWith('access'))?.[1].value;
        const issued = token && token.length <= 8192 ? decodeJwt(token) : undefined;
        expect([status, issued]).toMatchObject(
          status === 200 ? [200, { roles, permissions }] : [500, undefined],
        );
        if (status === 200) continue;
        // Later than the leeway: the token must still be the current one.
        await host.database.query(`UPDATE refresh_tokens SET rotated_at = rotated_at - interval '1 minute'`);
        await host.database.query(`UPDATE users SET roles = '{}', permissions = '{}' WHERE email = $1`, [
          email,
        ]);
        expect((await refresh()).status).toBe(200);
      }
    expect(answers).toEqual(new Set(KINDS.flatMap((kind) => [`${kind} 200`, `${kind} 500`])));
  });
});

/** Room for it is kept in every token, so that a user whose login fits can also step up. */
const LONGEST = { acr: 'mfa', amr: ['pwd', 'otp', 'hwk', 'user', 'mfa'], at: new Date(1e12) } as const;

describe('the longest token that is issued is the longest that is accepted', () => {
  it.each(SIGNING_ALGORITHMS)('with %s', async (algorithm) => {
    const isSecret = algorithm.startsWith('HS');
    const key = isSecret ? {} : { accessPrivateKey: await generatePem(algorithm), accessSecret: undefined };
    let padding = '';
    const host = await startHost({
      options: {
        jwt: { algorithm, ...key } as never,
        claims: () => ({ padding }),
      },
    });
    try {
      const tokens = host.app.get(TokensService);
      const issue = async () => {
        const subject = { id: randomUUID(), roles: [], permissions: [] };
        return (await tokens.startSession(subject, {}, {}, LONGEST)).tokens;
      };
      const { length } = (await issue()).accessToken;
      // Three characters of a claim are four of the token.
      padding = 'x'.repeat(Math.floor(((8192 - length) * 3) / 4));
      const { accessToken } = await issue();
      expect(accessToken.length).toBeGreaterThan(8188);
      await expect(tokens.verify(accessToken)).resolves.toMatchObject({ padding });
      padding += 'xxx';
      await expect(issue()).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
    } finally {
      await host.close();
    }
  });
});
