import { UnavailableError } from '../../../src/errors/auth-errors.js';
import { AuthEvents } from '../../../src/events/auth-events.js';
import type { AuthEvent } from '../../../src/events/auth-event.js';
import { InMemoryRevocationList } from '../../../src/revocation/in-memory-revocation-list.js';
import type { Revocation } from '../../../src/revocation/revocation-list.js';
import { SessionEnder } from '../../../src/revocation/session-ender.js';
import { InMemorySessionStore } from '../../../src/sessions/in-memory-session.store.js';
import { PartlyEndedError } from '../../../src/sessions/shards/partly-ended.error.js';
import { SESSION_LIMITS } from '../../support/session-limits.js';

const BEGAN = 1_800_000_000;
const CLIENT = { ip: '192.0.2.7', userAgent: 'a browser', requestId: 'r1' };

describe('the end of a session', () => {
  let now: number;
  let sessions: InMemorySessionStore;
  let list: InMemoryRevocationList;
  let ender: SessionEnder;
  let heard: AuthEvent[];
  beforeEach(async () => {
    now = BEGAN * 1_000;
    heard = [];
    sessions = new InMemorySessionStore(SESSION_LIMITS, () => now);
    list = new InMemoryRevocationList(() => now);
    const events = new AuthEvents(
      () => now,
      () => undefined,
    );
    events.subscribe((event) => void heard.push(event));
    ender = new SessionEnder(sessions, list, events, 1_020, 7_200);
    for (const id of ['s1', 's2']) await sessions.create({ id, jti: id, userId: 'ada' });
  });

  const token = (sid: string, sub = 'ada', iat = BEGAN) => ({ sid, jti: 'x', sub, iat, auth_time: iat });
  const revoked = (...sids: string[]) => sids.map((sid) => list.isRevoked(token(sid)));
  /** What another revocation sweeps away. */
  const sweepAt = async (seconds: number) => {
    now = (BEGAN + seconds) * 1_000;
    await list.revoke([{ kind: 'token', id: 'other' }], 1);
    await list.revoke([{ kind: 'token', id: 'other' }], 1);
  };

  it('is a logout if the owner wants it, and otherwise says why', async () => {
    await ender.end('s1', 'logout', CLIENT);
    await ender.end('s2', 'reuse', CLIENT);
    expect(heard).toMatchObject([
      { type: 'logged-out', userId: 'ada', sessionId: 's1', ...CLIENT },
      { type: 'session-ended', reason: 'reuse', userId: 'ada', sessionId: 's2', ...CLIENT },
    ]);
    expect(heard[0]).not.toHaveProperty('reason');
  });

  it('is told once, and its tokens are refused even if it had ended before or nobody knows it', async () => {
    await ender.end('s1', 'ended');
    await ender.end('s1', 'ended');
    await ender.end('unknown', 'ended');
    expect(heard).toHaveLength(1);
    expect(revoked('s1', 'unknown', 's2')).toEqual([true, true, false]);
  });

  it('is remembered for as long as its last token may live', async () => {
    await ender.end('s1', 'ended');
    await sweepAt(1_019);
    expect(revoked('s1')).toEqual([true]);
    await sweepAt(1_081);
    expect(revoked('s1')).toEqual([false]);
  });

  it('is that of all sessions of a user but one, and of nobody else', async () => {
    await sessions.create({ id: 's3', jti: 's3', userId: 'bob' });
    expect(await ender.endAll('ada', 'password-changed', { except: 's2', client: CLIENT })).toEqual(['s1']);
    expect(revoked('s1', 's2', 's3')).toEqual([true, false, false]);
    expect(heard).toMatchObject([
      { type: 'session-ended', reason: 'password-changed', sessionId: 's1', ...CLIENT },
    ]);
    expect(await ender.endAll('ada', 'ended')).toEqual(['s2']);
    expect(await sessions.isLive('s3')).toBe(true);
  });

  it('is that of all sessions of a user where a database does not answer, for as long as any of them can live', async () => {
    sessions.revokeAll = async () => {
      throw new PartlyEndedError(['s1'], new UnavailableError());
    };
    expect(await ender.endAll('ada', 'ended', { client: CLIENT })).toEqual(['s1']);
    expect(heard).toMatchObject([{ type: 'session-ended', reason: 'ended', sessionId: 's1', ...CLIENT }]);
    expect(revoked('s1', 's2', 'elsewhere')).toEqual([true, true, true]);
    expect(list.isRevoked(token('s1', 'bob'))).toBe(true);
    expect(list.isRevoked(token('s4', 'bob'))).toBe(false);
    expect(list.isRevoked(token('s4', 'ada', BEGAN + 1))).toBe(false);
    await sweepAt(7_199);
    expect(revoked('s2')).toEqual([true]);
    await sweepAt(7_261);
    expect(revoked('s2')).toEqual([false]);
  });

  it('is not claimed if it is unknown what has ended', async () => {
    sessions.revokeAll = async () => {
      throw new UnavailableError();
    };
    await expect(ender.endAll('ada', 'ended')).rejects.toBeInstanceOf(UnavailableError);
    expect(revoked('s1', 's2')).toEqual([false, false]);
    expect(heard).toEqual([]);
  });

  it('that a table has forgotten is repeated, and told only if the session lived on', async () => {
    await ender.endAgain('s1', CLIENT);
    await ender.endAgain('s1', CLIENT);
    expect(heard).toMatchObject([
      { type: 'session-ended', reason: 'ended', userId: 'ada', sessionId: 's1', ...CLIENT },
    ]);
    expect([await sessions.isLive('s1'), ...revoked('s1')]).toEqual([false, true]);
  });

  it('of tokens of a user is that of those issued until the time that is given', async () => {
    const given: Revocation[] = [];
    list.watch((revocation) => void given.push(revocation));
    await ender.forbid('user', ['ada', 'bob'], new Date((BEGAN - 100) * 1_000));
    expect(given).toMatchObject([
      { kind: 'user', id: 'ada' },
      { kind: 'user', id: 'bob' },
    ]);
    const of = (sub: string, iat: number) => list.isRevoked(token('s1', sub, iat));
    expect([of('ada', BEGAN - 100), of('bob', BEGAN - 100), of('ada', BEGAN - 99)]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
