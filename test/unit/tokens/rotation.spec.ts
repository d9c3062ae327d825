import { randomUUID } from 'node:crypto';
import type { UserPresentation } from '../../../src/sessions/rotation-statements.js';
import { BEGAN, claimsOf, sessionTokens, type SessionTokensSettings } from '../../support/session-tokens.js';

const CLIENT = { ip: '192.0.2.7', userAgent: 'a browser', requestId: 'r1' };
const code = (name: string) => expect.objectContaining({ code: name });

async function begin(settings: SessionTokensSettings = {}) {
  const parts = sessionTokens(settings);
  const user = await parts.register();
  const { sessionId, tokens: pair } = await parts.tokens.startSession(user);
  const at = (seconds: number) => (parts.time.ms = (BEGAN + seconds) * 1_000);
  return { ...parts, user, sid: sessionId, first: pair.refreshToken, at };
}

/** The two ways to ask about a refresh token: by using it up, and by looking. */
const WAYS = ['rotate', 'checkRefreshToken'] as const;

describe('a refresh', () => {
  it('gives what the user may do now, and tells of it', async () => {
    const { tokens, users, user, sid, first, heard } = await begin();
    await users.setAccess(user.id, { roles: ['admin'], permissions: ['write'] });
    const { accessToken } = await tokens.rotate(first, CLIENT);
    expect(claimsOf(accessToken)).toMatchObject({
      sub: user.id,
      sid,
      roles: ['admin'],
      permissions: ['write'],
    });
    await tokens.rotate(first, CLIENT);
    const about = { userId: user.id, sessionId: sid, ...CLIENT };
    expect(heard).toMatchObject([
      { type: 'refreshed', ...about },
      { type: 'replayed', ...about },
    ]);
  });

  it('that would make the token too long, or whose hook fails, leaves the refresh token as it was', async () => {
    let claims: unknown = {};
    const { tokens, first, sessions, sid } = await begin({ hook: () => claims as never });
    for (claims of [{ padding: 'x'.repeat(9_000) }, null]) {
      await expect(tokens.rotate(first)).rejects.toEqual(code('INTERNAL_ERROR'));
      expect(await sessions.standingOf(sid, claimsOf(first).jti as string)).toBe('current');
    }
    claims = {};
    const limits = { maxAccessTokenLength: 100 };
    await expect(tokens.rotate(first, {}, limits)).rejects.toEqual(code('INTERNAL_ERROR'));
    expect(await sessions.standingOf(sid, claimsOf(first).jti as string)).toBe('current');
  });

  it.each(WAYS)('with a token of a user who was disabled or is gone ends the session (%s)', async (way) => {
    for (const end of ['disabled', 'gone']) {
      const { tokens, users, user, sid, first, heard, sessions } = await begin();
      await (end === 'gone' ? users.remove(user.id) : users.setDisabled(user.id, true));
      await expect(tokens[way](first, CLIENT)).rejects.toEqual(code('TOKEN_REVOKED'));
      expect(await sessions.isLive(sid)).toBe(false);
      const about = { userId: user.id, sessionId: sid, reason: 'user-disabled', ...CLIENT };
      expect(heard).toMatchObject([
        { type: 'session-ended', ...about },
        { type: 'refresh-failed', ...about },
      ]);
    }
  });

  it.each(WAYS)('with a token that was used ends the session and all its tokens (%s)', async (way) => {
    const { tokens, user, sid, first, heard, at } = await begin();
    const next = await tokens.rotate(first);
    heard.length = 0;
    at(11);
    await expect(tokens[way](first, CLIENT)).rejects.toEqual(code('REFRESH_TOKEN_REUSED'));
    const about = { userId: user.id, sessionId: sid, ...CLIENT };
    expect(heard.splice(0)).toMatchObject([
      { type: 'session-ended', reason: 'reuse', ...about },
      { type: 'reused', ...about },
    ]);
    await expect(tokens.verify(next.accessToken)).rejects.toEqual(code('TOKEN_REVOKED'));
    await expect(tokens[way](next.refreshToken, CLIENT)).rejects.toEqual(code('TOKEN_REVOKED'));
    expect(heard).toMatchObject([{ type: 'refresh-failed', reason: 'revoked', ...about }]);
  });

  it.each(WAYS)('with a token that has expired, or whose session nobody knows, says so (%s)', async (way) => {
    const { tokens, refreshCodec, first, heard, at } = await begin();
    const sid = randomUUID();
    const unknown = await refreshCodec.sign({ ...claimsOf(first), sid });
    await expect(tokens[way](unknown, CLIENT)).rejects.toEqual(code('INVALID_REFRESH_TOKEN'));
    at(3_600);
    await expect(tokens[way](first, CLIENT)).rejects.toEqual(code('REFRESH_TOKEN_EXPIRED'));
    expect(heard).toMatchObject([
      { type: 'refresh-failed', reason: 'unknown', sessionId: sid, ...CLIENT },
      { type: 'refresh-failed', reason: 'expired', ...CLIENT },
    ]);
  });

  it.each(WAYS)(
    'is refused where it is known that the session has ended, and its row is ended again (%s)',
    async (way) => {
      const { tokens, list, sid, first, heard, sessions } = await begin();
      await list.revoke([{ kind: 'session', id: sid }], 900);
      expect(await sessions.isLive(sid)).toBe(true);
      await expect(tokens[way](first, CLIENT)).rejects.toEqual(code('TOKEN_REVOKED'));
      expect(await sessions.isLive(sid)).toBe(false);
      expect(heard).toMatchObject([
        { type: 'session-ended', reason: 'ended', sessionId: sid, ...CLIENT },
        { type: 'refresh-failed', reason: 'revoked', sessionId: sid, ...CLIENT },
      ]);
    },
  );

  it.each(WAYS)(
    'is refused as one that has ended where a restored backup does not have its session (%s)',
    async (way) => {
      const { tokens, list, refreshCodec, first, heard } = await begin();
      const sid = randomUUID();
      await list.revoke([{ kind: 'session', id: sid }], 900);
      const gone = await refreshCodec.sign({ ...claimsOf(first), sid });
      await expect(tokens[way](gone)).rejects.toEqual(code('TOKEN_REVOKED'));
      expect(heard).toMatchObject([{ type: 'refresh-failed', reason: 'revoked', sessionId: sid }]);
    },
  );

  it('goes by the beginning of the session where all that began before have ended, although it was refreshed since', async () => {
    const { tokens, list, first, at, sessions, sid } = await begin();
    at(100);
    const { refreshToken } = await tokens.rotate(first);
    await list.revoke([{ kind: 'all', id: '*', since: new Date((BEGAN + 50) * 1_000) }], 900);
    await expect(tokens.rotate(refreshToken)).rejects.toEqual(code('TOKEN_REVOKED'));
    expect(await sessions.isLive(sid)).toBe(false);
  });

  it('is looked at without being used up', async () => {
    const { tokens, first, user, sid, heard } = await begin();
    for (let i = 0; i < 2; i++)
      expect(await tokens.checkRefreshToken(first)).toMatchObject({ sub: user.id, sid });
    await tokens.rotate(first);
    expect(await tokens.checkRefreshToken(first)).toMatchObject({ sub: user.id, sid });
    expect(heard).toMatchObject([{ type: 'refreshed' }]);
  });

  it('needs a method of the store to be looked at, and the error names store and method', async () => {
    const { tokens, first, sessions } = await begin();
    Object.assign(sessions, { standingOf: undefined });
    await expect(tokens.checkRefreshToken(first)).rejects.toThrow(
      'This session store has no method standingOf: implement it in InMemorySessionStore as SessionStore describes it.',
    );
  });
});

describe('a refresh that reads the user in the same statement', () => {
  const ACCESS = { roles: ['owner'], permissions: ['all'] };
  /** Moves the session on, unless it is told not to. */
  async function beginTogether(settings: SessionTokensSettings = {}) {
    const asked: UserPresentation[] = [];
    const together = { moves: true };
    const rotate = async (presented: UserPresentation) => {
      asked.push(presented);
      const rotation = together.moves ? await parts.sessions.rotate(presented) : undefined;
      return rotation && 'session' in rotation ? { ...rotation.session, ...ACCESS } : undefined;
    };
    const parts = await begin({ ...settings, together: { rotate } });
    return { ...parts, asked, together };
  }

  it('gives what that statement has read, and tells of a refresh', async () => {
    const { tokens, user, sid, first, heard, asked } = await beginTogether();
    const next = await tokens.rotate(first, CLIENT);
    expect(claimsOf(next.accessToken)).toMatchObject({ sub: user.id, sid, ...ACCESS });
    expect(heard).toMatchObject([{ type: 'refreshed', userId: user.id, sessionId: sid, ...CLIENT }]);
    expect(asked).toMatchObject([{ sid, jti: claimsOf(first).jti, userId: user.id }]);
    expect(asked[0]!.nextJti).toBe(claimsOf(next.refreshToken).jti);
  });

  it('is done the other way if it has changed nothing, if a hook has to be asked, or for ids that are no UUIDs', async () => {
    const unchanged = await beginTogether();
    unchanged.together.moves = false;
    const hooked = await beginTogether({ hook: () => ({ tenant: 1 }) });
    for (const { tokens, first } of [unchanged, hooked])
      expect(claimsOf((await tokens.rotate(first)).accessToken)).toMatchObject({ roles: ['reader'] });
    expect(hooked.asked).toEqual([]);
    const named = await beginTogether();
    named.users.put({ ...named.user, id: 'ada' });
    const { refreshToken } = await named.tokens.issue({ ...named.user, id: 'ada' });
    expect(claimsOf((await named.tokens.rotate(refreshToken)).accessToken)).toMatchObject({
      roles: ['reader'],
    });
    expect(named.asked).toEqual([]);
  });
});
