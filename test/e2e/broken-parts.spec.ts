import type { AuthModuleParts, ClaimsHook, UserRecord } from '../../src/index.js';
import { AccessJwtStrategy, AccountAdmin, UserStore } from '../../src/index.js';
import { InMemoryRevocationList, InMemorySessionStore, InMemoryUserStore } from '../../src/testing/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';

/** What the broken method answers; `undefined` while the part works. */
let broken: (() => unknown) | undefined;
let claims: ClaimsHook = () => ({});

class Users extends InMemoryUserStore {
  override findById(id: string): Promise<UserRecord | null> {
    return broken ? (broken() as never) : super.findById(id);
  }
  override findByEmail(email: string): Promise<UserRecord | null> {
    return broken ? (broken() as never) : super.findByEmail(email);
  }
  override setDisabled(id: string, disabled: boolean): Promise<boolean> {
    return broken ? (broken() as never) : super.setDisabled(id, disabled);
  }
}
class Revocations extends InMemoryRevocationList {
  override isRevoked(token: Parameters<InMemoryRevocationList['isRevoked']>[0]): boolean {
    return broken ? (broken() as never) : super.isRevoked(token);
  }
}
class Sessions extends InMemorySessionStore {
  constructor() {
    super({
      idleTtl: 100,
      absoluteTtl: 100,
      leeway: 10,
      rotation: true,
      maxPerUser: 10,
      whenFull: 'evict',
    });
  }
  override rotate(presented: Parameters<InMemorySessionStore['rotate']>[0]) {
    return broken ? (broken() as never) : super.rotate(presented);
  }
}
class Hasher {
  async hash(password: string) {
    return `hash of ${password}`;
  }
  verify(password: string, hash: string): Promise<boolean> {
    return broken ? (broken() as never) : Promise.resolve(hash === `hash of ${password}`);
  }
  needsRehash() {
    return false;
  }
}

const WRONG: [string, () => unknown][] = [
  ['undefined', () => undefined],
  ['a promise of undefined', async () => undefined],
  ['an empty object', () => ({})],
  ['a promise of an empty object', async () => ({})],
  ['a text', async () => 'yes'],
  [
    'nothing but an error',
    () => {
      throw new Error('no');
    },
  ],
  ['a rejection', () => Promise.reject(new Error('no'))],
];

interface LoggedIn {
  accessToken: string;
  refreshToken: string;
  email: string;
}
const refresh = ({ client }: Host, { refreshToken }: LoggedIn) =>
  client.post('/auth/refresh', { refreshToken });
const logIn = ({ client }: Host, { email }: LoggedIn) =>
  client.post('/auth/login', { email, password: PASSWORD });
const request = ({ client }: Host, { accessToken: token }: LoggedIn) => client.get('/orders', { token });

const CASES: { part: string; parts: AuthModuleParts; call: typeof refresh; method: string }[] = [
  { part: 'RevocationList', method: 'isRevoked', parts: { revocationList: Revocations }, call: request },
  { part: 'UserStore', method: 'findById', parts: { userStore: Users }, call: refresh },
  { part: 'UserStore', method: 'findByEmail', parts: { userStore: Users }, call: logIn },
  { part: 'SessionStore', method: 'rotate', parts: { sessionStore: Sessions }, call: refresh },
  { part: 'PasswordHasher', method: 'verify', parts: { passwordHasher: Hasher }, call: logIn },
];

describe.each<AdapterName>(['express', 'fastify'])('a broken part of the host, on %s', (adapter) => {
  let host: Host | undefined;
  const logged: { err?: Error }[] = [];
  const quiet = () => undefined;
  const logger = {
    log: quiet,
    warn: quiet,
    error: (message: object) => void logged.push(message as { err?: Error }),
  };

  const start = async (parts: AuthModuleParts): Promise<LoggedIn> => {
    host = await startHost({ adapter, parts, logger, options: { claims: (subject) => claims(subject) } });
    const email = newEmail();
    const { body } = await host.client.post('/auth/register', { email, password: PASSWORD });
    logged.length = 0;
    return { ...body, email };
  };
  afterEach(async () => {
    broken = undefined;
    claims = () => ({});
    await host?.close();
    host = undefined;
  });

  it.each(CASES)('lets nobody in, and the log names $part.$method', async ({ part, method, parts, call }) => {
    const session = await start(parts);
    for (const [, answer] of WRONG) {
      broken = answer;
      const refused = await call(host!, session);
      expect(refused).toMatchObject({ status: 500, body: { error: 'INTERNAL_ERROR' } });
      expect(logged.pop()?.err?.message).toMatch(`${part}.${method} of `);
    }
    broken = undefined;
    expect((await call(host!, session)).status).toBe(200);
  });

  it('the record of another user lets nobody in', async () => {
    const session = await start({ userStore: Users });
    const other = await host!.app.get(AccountAdmin).create({ email: newEmail(), password: PASSWORD });
    const record: UserRecord = (await host!.app.get<UserStore>(UserStore).findById(other.id))!;
    broken = async () => record;
    for (const call of [refresh, logIn]) {
      expect(await call(host!, session)).toMatchObject({ status: 500, body: { error: 'INTERNAL_ERROR' } });
      expect(logged.pop()?.err?.message).toMatch(/UserStore\.findBy\w+ of .* another id or address/);
    }
    broken = undefined;
    expect((await refresh(host!, session)).status).toBe(200);
  });

  it('a claims hook whose claims are not JSON issues no token, and the log names it', async () => {
    const session = await start({});
    const circle: Record<string, unknown> = {};
    circle.circle = circle;
    const failing = { toJSON: () => JSON.parse('no') };
    for (const wrong of [{ id: 1n }, circle, { failing }, { toJSON: () => 'text' }]) {
      claims = () => wrong;
      for (const call of [refresh, logIn]) {
        expect(await call(host!, session)).toMatchObject({ status: 500, body: { error: 'INTERNAL_ERROR' } });
        expect(logged.pop()?.err?.message).toMatch('the claims hook');
      }
    }
    claims = () => ({});
    expect((await refresh(host!, session)).status).toBe(200);
  });

  it('a claims hook cannot make a token longer, or other claims, after they were checked', async () => {
    const session = await start({});
    let calls = 0;
    claims = () => ({ grows: { toJSON: () => 'x'.repeat(calls++ * 9_000) }, toJSON: undefined });
    const { body } = await refresh(host!, session);
    expect(body.accessToken.length).toBeLessThan(8_192);
    expect((await request(host!, body)).status).toBe(200);
    claims = () => ({ toJSON: () => ({ sub: 'somebody else' }) });
    const second = await refresh(host!, body);
    expect((await request(host!, second.body)).status).toBe(200);
    expect(
      JSON.stringify(Buffer.from(second.body.accessToken.split('.')[1], 'base64url').toString()),
    ).not.toMatch('somebody else');
  });

  it('a claims hook that returns something else issues no token', async () => {
    const session = await start({});
    for (const [, answer] of WRONG.filter(([name]) => !/empty object/.test(name))) {
      claims = answer as never;
      expect(await refresh(host!, session)).toMatchObject({ status: 500, body: { error: 'INTERNAL_ERROR' } });
      expect(logged.pop()?.err?.message).toMatch('The claims hook');
    }
    claims = () => ({});
    expect((await refresh(host!, session)).status).toBe(200);
  });

  it('parts that never answer are unavailable after a few seconds', async () => {
    class Strategy extends AccessJwtStrategy {
      override validate(...args: Parameters<AccessJwtStrategy['validate']>) {
        return broken ? (new Promise(() => undefined) as never) : super.validate(...args);
      }
    }
    const session = await start({ userStore: Users, accessJwtStrategy: Strategy });
    broken = () => new Promise(() => undefined);
    const answers = await Promise.all([
      request(host!, session),
      refresh(host!, session),
      logIn(host!, session),
    ]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 503, body: { error: 'UNAVAILABLE' } });
      expect(answer.headers.get('retry-after')).toBe('1');
    }
  });

  it('a store that does not say whether it disabled a user does not count as "no such user"', async () => {
    await start({ userStore: Users });
    broken = async () => undefined;
    await expect(host!.app.get(AccountAdmin).disable('some-id')).rejects.toMatchObject({
      code: 'INTERNAL_ERROR',
    });
  });

  it('a clock that is not a number lets no token in', async () => {
    const session = await start({});
    host!.clock.offset = Number.NaN;
    expect((await request(host!, session)).status).toBe(401);
  });
});
