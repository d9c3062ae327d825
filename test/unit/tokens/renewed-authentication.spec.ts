import { RenewedAuthentication } from '../../../src/tokens/renewed-authentication.js';
import { BEGAN, claimsOf, sessionTokens } from '../../support/session-tokens.js';

const code = (name: string) => expect.objectContaining({ code: name });

async function begin() {
  const parts = sessionTokens();
  const user = await parts.register();
  const { sessionId, tokens: pair } = await parts.tokens.startSession(user);
  return { ...parts, user, sid: sessionId, first: pair.refreshToken };
}

describe('a session whose user has authenticated again', () => {
  const MFA = { acr: 'mfa', amr: ['pwd', 'otp'] } as const;

  it('gets a new access token that says so, and keeps its refresh token', async () => {
    const { pairs, sessions, user, sid, first, time } = await begin();
    time.ms += 60_000;
    const pair = await new RenewedAuthentication(sessions, pairs).record(user, sid, MFA);
    expect(claimsOf(pair.accessToken)).toMatchObject({ ...MFA, auth_time: BEGAN + 60, session_began: BEGAN });
    expect(pair.refreshToken).toBe(first);
  });

  it('stays as it was if the token would be too long; one that has ended is refused', async () => {
    const { pairs, sessions, user, sid, first, tokens } = await begin();
    const renewed = new RenewedAuthentication(sessions, pairs);
    const limits = { maxAccessTokenLength: 100 };
    await expect(renewed.record(user, sid, MFA, limits)).rejects.toEqual(code('INTERNAL_ERROR'));
    expect(claimsOf((await tokens.rotate(first)).accessToken)).toMatchObject({ acr: 'pwd' });
    await sessions.revoke(sid, 'logout');
    await expect(renewed.record(user, sid, MFA)).rejects.toEqual(code('TOKEN_REVOKED'));
  });

  it('needs a method of the store, and the error names store and method', async () => {
    const { pairs, sessions, user, sid } = await begin();
    Object.assign(sessions, { reauthenticate: undefined });
    await expect(new RenewedAuthentication(sessions, pairs).record(user, sid, MFA)).rejects.toThrow(
      'This session store has no method reauthenticate: implement it in InMemorySessionStore as SessionStore describes it.',
    );
  });
});
