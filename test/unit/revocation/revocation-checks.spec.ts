import {
  AccessTokenRevokedError,
  type RevocableToken,
  TokenExpiredError,
  TokenRevokedError,
  UnavailableError,
} from '../../../src/index.js';
import { InMemoryRevocationList } from '../../../src/revocation/in-memory-revocation-list.js';
import { RevocationChecks } from '../../../src/revocation/revocation-checks.js';
import { InMemorySessionStore } from '../../../src/sessions/in-memory-session.store.js';
import { InMemoryUserStore } from '../../../src/users/in-memory-user.store.js';
import { SESSION_LIMITS } from '../../support/session-limits.js';

const SID = '018f0000-0000-4000-8000-000000000001';
const JTI = '018f0000-0000-4000-8000-000000000002';

/** A list that has to look first, as one whose news are late. */
class LateList extends InMemoryRevocationList {
  outage: Error | undefined;
  override isRevoked(token: RevocableToken): never {
    const answer = this.outage ? Promise.reject(this.outage) : Promise.resolve(super.isRevoked(token));
    return answer as never;
  }
}

describe('the check of an access token', () => {
  const began = Math.floor(Date.now() / 1_000) - 10;
  let sub: string;
  let list: InMemoryRevocationList;
  let users: InMemoryUserStore;
  let sessions: InMemorySessionStore;
  const checks = (usual: 'deny-list' | 'stateless' | 'strict' = 'deny-list', revocations = list) =>
    new RevocationChecks(revocations, sessions, users, usual);
  const claims = () => ({ jti: JTI, sid: SID, sub, iat: began, auth_time: began });

  beforeEach(async () => {
    list = new InMemoryRevocationList();
    users = new InMemoryUserStore();
    sessions = new InMemorySessionStore(SESSION_LIMITS);
    const user = await users.create({ email: 'ada@example.com', passwordHash: 'none', name: null });
    sub = user!.id;
    await sessions.create({ id: SID, userId: sub, jti: JTI, ip: null, userAgent: null } as never);
  });

  it('passes what is not revoked, at once', () => {
    const given = claims();
    expect(checks().pass(given)).toBe(given);
    expect(checks('stateless').pass(given)).toBe(given);
  });

  it.each([
    ['a session', { kind: 'session', id: SID }, TokenRevokedError],
    ['one token', { kind: 'token', id: JTI }, AccessTokenRevokedError],
    ['everybody', { kind: 'all', id: '' }, TokenRevokedError],
  ] as const)('refuses at once what the end of %s has ended', async (_, revocation, reason) => {
    await list.revoke([revocation as never], 60);
    expect(() => checks().pass(claims())).toThrow(reason);
    expect(() => checks('stateless').pass(claims(), 'deny-list')).toThrow(reason);
  });

  it('asks nothing where a route or the module wants no check', async () => {
    await list.revoke([{ kind: 'session', id: SID }], 60);
    expect(checks('stateless').pass(claims())).toMatchObject({ sid: SID });
    expect(checks().pass(claims(), 'stateless')).toMatchObject({ sid: SID });
  });

  it('waits for a list that has to look, and takes its answer', async () => {
    const late = new LateList();
    await expect(checks('deny-list', late).pass(claims())).resolves.toMatchObject({ sid: SID });
    await late.revoke([{ kind: 'session', id: SID }], 60);
    await expect(checks('deny-list', late).pass(claims())).rejects.toThrow(TokenRevokedError);
    late.outage = new UnavailableError({ message: 'Not now.' });
    await expect(checks('deny-list', late).pass(claims())).rejects.toThrow(UnavailableError);
  });

  describe('strict', () => {
    it('passes a token of a live session and an enabled user', async () => {
      await expect(checks().pass(claims(), 'strict')).resolves.toMatchObject({ sub });
      await expect(checks('strict').pass(claims())).resolves.toMatchObject({ sub });
    });

    it('refuses a session that has ended, though nothing has told this instance', async () => {
      await sessions.revoke(SID, 'logout');
      await expect(checks('strict').pass(claims())).rejects.toThrow(TokenRevokedError);
    });

    it('refuses a disabled user, and one who is gone', async () => {
      await users.setDisabled(sub, true);
      await expect(checks('strict').pass(claims())).rejects.toThrow(TokenRevokedError);
      await users.setDisabled(sub, false);
      await users.remove(sub);
      await expect(checks('strict').pass(claims())).rejects.toThrow(TokenRevokedError);
    });
  });

  it('goes by the beginning of a session that was renewed by a step-up', async () => {
    await list.revoke([{ kind: 'all', id: '', since: new Date((began - 5) * 1_000) } as never], 60);
    const renewed = { ...claims(), auth_time: began + 5 };
    expect(checks().pass(renewed)).toBe(renewed);
    expect(() => checks().pass({ ...renewed, session_began: began - 6 })).toThrow(TokenRevokedError);
  });

  it('says of an expired token that it was revoked, if that is known, and else that it has expired', async () => {
    await expect(checks().refuseExpired(claims())).rejects.toThrow(TokenExpiredError);
    const late = new LateList();
    late.outage = new UnavailableError({ message: 'Not now.' });
    await expect(checks('deny-list', late).refuseExpired(claims())).rejects.toThrow(TokenExpiredError);
    await list.revoke([{ kind: 'session', id: SID }], 60);
    await expect(checks().refuseExpired(claims())).rejects.toThrow(TokenRevokedError);
    await expect(checks().refuseExpired(claims(), 'stateless')).rejects.toThrow(TokenExpiredError);
  });

  it('of a refresh token: what is known counts, for one of the same second the row does', async () => {
    expect(await checks().knowsEnded(claims())).toBe(false);
    await list.revoke([{ kind: 'user', id: sub, since: new Date(began * 1_000) } as never], 60);
    expect(await checks().knowsEnded(claims())).toBe(false);
    expect(await checks().knowsEnded({ ...claims(), iat: began - 1 })).toBe(true);
    await list.revoke([{ kind: 'session', id: SID }], 60);
    expect(await checks().knowsEnded(claims())).toBe(true);
    const late = new LateList();
    late.outage = new UnavailableError({ message: 'Not now.' });
    expect(await checks('deny-list', late).knowsEnded(claims())).toBe(false);
  });
});
