import { randomUUID } from 'node:crypto';
import { MAX_TOKEN_LENGTH } from '../../../src/tokens/compact-jws.js';
import { BEGAN, claimsOf, sessionTokens } from '../../support/session-tokens.js';

const subject = (permissions = ['read']) => ({ id: randomUUID(), roles: ['reader'], permissions });
const long = (length: number) => ({ ...subject(), permissions: ['x'.repeat(length)] });

describe('an access token', () => {
  it('says whose it is, until when, and how and when the user has authenticated', async () => {
    const { pairs, sessions, time, codec } = sessionTokens({
      claims: { added: { scope: 'all', tenant: 'a' } },
    });
    const ada = subject();
    const authentication = { acr: 'mfa', amr: ['pwd', 'otp'], at: new Date(time.ms - 5_000) } as const;
    const session = await sessions.create({
      id: randomUUID(),
      jti: randomUUID(),
      userId: ada.id,
      authentication,
    });
    const { accessToken, expiresIn } = await pairs.of(await pairs.prepare(ada), session);
    expect((await codec.open(accessToken))?.claims).toEqual({
      scope: 'all',
      tenant: 'a',
      iss: 'here',
      sub: ada.id,
      aud: 'us',
      iat: BEGAN,
      exp: BEGAN + 900,
      jti: expect.stringMatching(/^[\da-f-]{36}$/),
      sid: session.id,
      client_id: 'app',
      type: 'access',
      roles: ['reader'],
      permissions: ['read'],
      auth_time: BEGAN - 5,
      acr: 'mfa',
      amr: ['pwd', 'otp'],
      session_began: BEGAN,
    });
    expect(expiresIn).toBe(900);
  });

  it('says when its session began only if that is not when the user authenticated', async () => {
    const { tokens } = sessionTokens();
    const claims = claimsOf((await tokens.issue(subject())).accessToken);
    expect(claims).toMatchObject({ auth_time: BEGAN, acr: 'pwd', amr: ['pwd'] });
    expect(claims).not.toHaveProperty('session_began');
  });

  it('does not outlive its session', async () => {
    const { tokens } = sessionTokens({ limits: { absoluteTtl: 600 } });
    const { accessToken, expiresIn } = await tokens.issue(subject());
    expect([claimsOf(accessToken).exp, expiresIn]).toEqual([BEGAN + 600, 600]);
  });

  it('has an id of its own each time', async () => {
    const { pairs, sessions } = sessionTokens();
    const session = await sessions.create({ id: randomUUID(), jti: randomUUID(), userId: 'ada' });
    const prepared = await pairs.prepare(subject());
    const jtis = [];
    for (let i = 0; i < 3; i++) jtis.push(claimsOf((await pairs.of(prepared, session)).accessToken).jti);
    expect(new Set(jtis).size).toBe(3);
  });
});

describe('the claims hook', () => {
  it('adds claims and replaces the configured ones, but none that Latchkey writes', async () => {
    const written = {
      iss: 'x',
      sub: 'x',
      aud: 'x',
      exp: 1,
      jti: 'x',
      sid: 'x',
      type: 'x',
      roles: ['root'],
      acr: 'phr',
    };
    const hook = () => ({ ...written, scope: 'less', tenant: 1 });
    const { tokens } = sessionTokens({ hook, claims: { added: { scope: 'all' } } });
    const ada = subject();
    const claims = claimsOf((await tokens.issue(ada)).accessToken);
    expect(claims).toMatchObject({
      scope: 'less',
      tenant: 1,
      sub: ada.id,
      iss: 'here',
      aud: 'us',
      type: 'access',
    });
    expect(claims).toMatchObject({ exp: BEGAN + 900, roles: ['reader'], acr: 'pwd' });
    expect([claims.jti, claims.sid]).not.toContain('x');
  });

  it('is told the user, and cannot change what is signed after it has returned', async () => {
    const given: unknown[] = [];
    const late = { tenant: { id: 1 } };
    const { pairs, sessions } = sessionTokens({ hook: (user) => (given.push(user.id), late) });
    const ada = subject();
    const prepared = await pairs.prepare(ada);
    late.tenant.id = 2;
    const session = await sessions.create({ id: randomUUID(), jti: randomUUID(), userId: ada.id });
    expect(claimsOf((await pairs.of(prepared, session)).accessToken).tenant).toEqual({ id: 1 });
    expect(given).toEqual([ada.id]);
  });

  it.each([
    ['null', null, 'The claims hook returned null, but must return an object with claims'],
    ['a list', ['admin'], 'The claims hook returned a list of 1, but must return an object with claims'],
    ['text', 'admin', 'The claims hook returned a string, but must return an object with claims'],
    ['what JSON cannot say', { n: 1n }, 'Writing what the claims hook returned as JSON failed'],
    [
      'what JSON says otherwise',
      { toJSON: () => 'admin' },
      'Writing what the claims hook returned as JSON returned a string, but must return an object with claims',
    ],
  ])('that returns %s lets nobody in, and the log says why', async (_, claims, message) => {
    const { tokens, sessions } = sessionTokens({ hook: () => claims as never });
    const ada = subject();
    await expect(tokens.issue(ada)).rejects.toMatchObject({ code: 'INTERNAL_ERROR', cause: { message } });
    expect(await sessions.listLive(ada.id)).toEqual([]);
  });
});

describe('the length of an access token', () => {
  /** For a subject with one permission, how long the token of a session with the longest claims is. */
  const lengthWith = async (permission: number) => {
    const { pairs, sessions, time } = sessionTokens();
    const ada = long(permission);
    const at = new Date(Math.max(time.ms + 1_000, 0x7fffffff_000));
    const authentication = { acr: 'phr', amr: ['pwd', 'otp', 'hwk', 'user', 'mfa'], at } as const;
    const session = await sessions.create({
      id: randomUUID(),
      jti: randomUUID(),
      userId: ada.id,
      authentication,
    });
    return (await pairs.of(await pairs.prepare(ada), session)).accessToken.length;
  };

  it('is limited as the caller wants, to the character', async () => {
    const { tokens } = sessionTokens();
    const length = await lengthWith(100);
    const issue = (maxAccessTokenLength: number) => tokens.issue(long(100), {}, { maxAccessTokenLength });
    await expect(issue(length)).resolves.toBeDefined();
    await expect(issue(length - 1)).rejects.toMatchObject({
      code: 'INTERNAL_ERROR',
      cause: {
        message: `The access token would have ${length} characters, but at most ${length - 1} are possible: put less into its claims permissions (104), roles (10)`,
      },
    });
  });

  it('is never more than what is read, whatever the caller wants', async () => {
    const { tokens } = sessionTokens();
    // Three characters of a claim are four of the token.
    let most = 4_990 + Math.floor(((MAX_TOKEN_LENGTH - (await lengthWith(5_000))) * 3) / 4);
    while ((await lengthWith(most + 1).catch(() => Infinity)) <= MAX_TOKEN_LENGTH) most += 1;
    const issue = (size: number) => tokens.issue(long(size), {}, { maxAccessTokenLength: 100_000 });
    const { accessToken } = await issue(most);
    expect(await tokens.verify(accessToken)).toMatchObject({ type: 'access' });
    await expect(issue(most + 1)).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
  });

  it('leaves room for roles that surely fit, as long as no hook adds to them', async () => {
    const { access } = sessionTokens();
    for (const maximum of [2_000, 8_192]) {
      const room = access.roomForRoles(maximum)!;
      expect(room).toBeGreaterThan(maximum / 20);
      // Each character takes six in JSON.
      const worst = { id: randomUUID(), roles: [], permissions: ['\u0001'.repeat(room)] };
      await expect(access.prepare(worst, maximum)).resolves.toBeDefined();
    }
    expect(access.roomForRoles(100_000)).toBe(access.roomForRoles(8_192));
    expect(access.roomForRoles()).toBe(access.roomForRoles(8_192));
    expect(access.roomForRoles(100)).toBe(0);
    expect(sessionTokens({ hook: () => ({}) }).access.roomForRoles(8_192)).toBeUndefined();
  });
});
