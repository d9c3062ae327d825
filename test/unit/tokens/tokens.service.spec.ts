import { randomUUID } from 'node:crypto';
import { segmentOf } from '../../../src/tokens/compact-jws.js';
import { TokenIntrospection } from '../../../src/tokens/token-introspection.js';
import { BEGAN, claimsOf, sessionTokens } from '../../support/session-tokens.js';

const CLIENT = { ip: '192.0.2.7', userAgent: 'a browser', requestId: 'r1' };
const code = (name: string) => expect.objectContaining({ code: name });

describe('tokens of a session', () => {
  let parts: ReturnType<typeof sessionTokens>;
  let userId: string;
  beforeEach(async () => {
    parts = sessionTokens();
    userId = (await parts.register()).id;
  });

  const start = async () => {
    const { tokens, sessionId } = await parts.tokens.startSession(
      { id: userId, roles: [], permissions: [] },
      CLIENT,
    );
    return { ...tokens, sessionId };
  };
  const at = (seconds: number) => (parts.time.ms = (BEGAN + seconds) * 1_000);

  it('say in seconds how long they live, and until when the session does', async () => {
    expect(await start()).toMatchObject({
      tokenType: 'Bearer',
      expiresIn: 900,
      refreshExpiresIn: 3_600,
      sessionExpiresAt: new Date((BEGAN + 7_200) * 1_000).toISOString(),
    });
  });

  it('are refused from the very second of their end, whether they were verified before or not', async () => {
    const { accessToken } = await start();
    const other = (await start()).accessToken;
    await parts.tokens.verify(accessToken);
    parts.time.ms = (BEGAN + 905) * 1_000 - 1;
    expect(await parts.tokens.verify(accessToken)).toMatchObject({ sub: userId });
    expect(parts.tokens.verifyAtOnce(accessToken)).toMatchObject({ sub: userId });
    at(905);
    for (const token of [accessToken, accessToken, other])
      await expect(parts.tokens.verify(token)).rejects.toEqual(code('TOKEN_EXPIRED'));
  });

  it('whose lifetime is over the limit that was lowered are not valid, but still end their session', async () => {
    const { accessToken, sessionId } = await start();
    parts.policy.maxLifetime = 600;
    for (let i = 0; i < 2; i++)
      await expect(parts.tokens.verify(accessToken)).rejects.toEqual(code('INVALID_TOKEN'));
    await parts.tokens.revoke(accessToken);
    expect(await parts.sessions.isLive(sessionId)).toBe(false);
  });

  it('are the text that was signed: no other is known after it', async () => {
    const { accessToken } = await start();
    await parts.tokens.verify(accessToken);
    const [header, , signature] = accessToken.split('.') as [string, string, string];
    const forged = `${header}.${segmentOf({ ...claimsOf(accessToken), roles: ['root'] })}.${signature}`;
    await expect(parts.tokens.verify(forged)).rejects.toEqual(code('INVALID_TOKEN'));
    expect(await parts.tokens.verify(accessToken)).toMatchObject({ roles: [] });
  });

  it('are not taken for each other', async () => {
    const { accessToken, refreshToken } = await start();
    await expect(parts.tokens.verify(refreshToken)).rejects.toEqual(code('INVALID_TOKEN'));
    for (const refused of [parts.tokens.rotate(accessToken), parts.tokens.verifyRefreshToken(accessToken)])
      await expect(refused).rejects.toEqual(code('INVALID_REFRESH_TOKEN'));
    // Not even under the other's signature.
    const swapped = await parts.codec.sign({ ...claimsOf(refreshToken), exp: BEGAN + 900 });
    await expect(parts.tokens.verify(swapped)).rejects.toEqual(code('INVALID_TOKEN'));
    const backwards = await parts.refreshCodec.sign(claimsOf(accessToken));
    await expect(parts.tokens.rotate(backwards)).rejects.toEqual(code('INVALID_REFRESH_TOKEN'));
  });

  it('a refresh token says what its row says, so that a repeated refresh gets the same text', async () => {
    const first = await start();
    expect(claimsOf(first.refreshToken)).toEqual({
      iss: 'here',
      sub: userId,
      aud: 'us',
      iat: BEGAN,
      exp: BEGAN + 3_600,
      jti: expect.any(String),
      sid: first.sessionId,
      type: 'refresh',
    });
    at(5);
    const next = await parts.tokens.rotate(first.refreshToken);
    at(7);
    const again = await parts.tokens.rotate(first.refreshToken);
    expect(again.refreshToken).toBe(next.refreshToken);
    expect(claimsOf(next.refreshToken)).toMatchObject({ iat: BEGAN + 5, exp: BEGAN + 3_605 });
    expect([next.refreshExpiresIn, again.refreshExpiresIn]).toEqual([3_600, 3_598]);
  });

  it('end their session, whichever is given up, and a foreign one ends nothing', async () => {
    for (const kind of ['accessToken', 'refreshToken'] as const) {
      const session = await start();
      at(8_000);
      await parts.tokens.revoke(`${session[kind]}x`, CLIENT);
      expect(parts.heard.some(({ type }) => type === 'logged-out')).toBe(false);
      await parts.tokens.revoke(session[kind], CLIENT);
      expect(parts.heard.splice(0)).toMatchObject([
        { type: 'logged-out', userId, sessionId: session.sessionId, ...CLIENT },
      ]);
      at(0);
      await expect(parts.tokens.verify(session.accessToken)).rejects.toEqual(code('TOKEN_REVOKED'));
    }
  });

  it('one that is revoked alone is told of, and the session and its other tokens go on', async () => {
    const { accessToken, refreshToken } = await start();
    const { jti } = claimsOf(accessToken) as { jti: string };
    await parts.tokens.revokeAccessToken(jti, CLIENT);
    expect(parts.heard).toMatchObject([{ type: 'token-revoked', tokenId: jti, ...CLIENT }]);
    await expect(parts.tokens.verify(accessToken)).rejects.toEqual(code('TOKEN_REVOKED'));
    const next = await parts.tokens.rotate(refreshToken);
    expect(await parts.tokens.verify(next.accessToken)).toMatchObject({ sub: userId });
  });

  it('a user can end one of the own sessions only', async () => {
    const [own, other] = [await start(), await start()];
    const end = (user: string, sid: string) => parts.tokens.revokeSessionOf(user, sid, CLIENT);
    expect(await end('eve', own.sessionId)).toBe(false);
    expect(await end(userId, own.sessionId.toUpperCase())).toBe(false);
    expect(await end(userId, randomUUID())).toBe(false);
    expect(await parts.tokens.sessionsOf(userId)).toHaveLength(2);
    expect(await end(userId, own.sessionId)).toBe(true);
    expect((await parts.tokens.sessionsOf(userId)).map(({ id }) => id)).toEqual([other.sessionId]);
    expect(parts.heard).toMatchObject([
      { type: 'session-ended', reason: 'ended', sessionId: own.sessionId, ...CLIENT },
    ]);
  });

  it('of all sessions but one, or of all, end with the reason that is given', async () => {
    const [kept, one] = [await start(), await start()];
    await parts.tokens.revokeUserSessions(userId, undefined, kept.sessionId, CLIENT);
    expect(parts.heard.splice(0)).toMatchObject([
      { type: 'session-ended', reason: 'logout-all', sessionId: one.sessionId, ...CLIENT },
    ]);
    expect(await parts.tokens.verify(kept.accessToken)).toMatchObject({ sid: kept.sessionId });
    await expect(parts.tokens.verify(one.accessToken)).rejects.toEqual(code('TOKEN_REVOKED'));
    await parts.tokens.revokeSession(kept.sessionId.toUpperCase());
    expect(parts.heard.splice(0)).toMatchObject([{ type: 'session-ended', reason: 'ended' }]);
    await expect(parts.tokens.verify(kept.accessToken)).rejects.toEqual(code('TOKEN_REVOKED'));
  });

  it.each([
    [undefined, ['user-disabled', 'user-disabled']],
    ['password-changed' as const, ['password-changed']],
  ])('of a user end with all tokens issued until then; reason %s', async (reason, told) => {
    const { accessToken } = await start();
    const orphan = await parts.codec.sign({ ...claimsOf(accessToken), sid: randomUUID() });
    await parts.tokens.revokeUser(userId, reason, CLIENT);
    for (const token of [accessToken, orphan])
      await expect(parts.tokens.verify(token)).rejects.toEqual(code('TOKEN_REVOKED'));
    const names = parts.heard.map((event) => (event.type === 'session-ended' ? event.reason : event.type));
    expect(names).toEqual(told);
    expect(parts.heard.at(-1)).toMatchObject({ userId, ...CLIENT });
    at(1);
    expect(await parts.tokens.verify((await start()).accessToken)).toMatchObject({ sub: userId });
  });

  it('a resource server learns of live access tokens only, and revokes one of them or a session', async () => {
    const introspection = new TokenIntrospection(parts.tokens);
    const { accessToken, refreshToken, sessionId } = await start();
    expect(await introspection.introspect(accessToken)).toMatchObject({ sub: userId, sid: sessionId });
    for (const token of [refreshToken, `${accessToken}x`, ''])
      expect(await introspection.introspect(token)).toBeNull();
    await introspection.revoke('nonsense');
    await introspection.revoke(accessToken);
    expect(await introspection.introspect(accessToken)).toBeNull();
    expect(await parts.sessions.isLive(sessionId)).toBe(true);
    await introspection.revoke(refreshToken);
    expect(await parts.sessions.isLive(sessionId)).toBe(false);
    expect(parts.heard.map(({ type }) => type)).toEqual(['token-revoked', 'logged-out']);
    const disabled = await start();
    await parts.users.setDisabled(userId, true);
    expect(await introspection.introspect(disabled.accessToken)).toBeNull();
  });
});
