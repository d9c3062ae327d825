import { AuthEvents } from '../../../src/events/auth-events.js';
import { InMemoryRevocationList } from '../../../src/revocation/in-memory-revocation-list.js';
import type { RevocationList } from '../../../src/revocation/revocation-list.js';
import { SessionEndings } from '../../../src/revocation/session-endings.js';

const SID = '3f0e8f3e-0f7c-4a53-9b0a-2f1f6d2a9d10';
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('whoever follows a session', () => {
  let events: AuthEvents;
  let list: InMemoryRevocationList;
  beforeEach(() => {
    events = new AuthEvents(Date.now, () => undefined);
    list = new InMemoryRevocationList();
  });
  const blind = (): RevocationList => ({ revoke: async () => undefined, isRevoked: () => false });
  const follow = (endings: SessionEndings) => {
    const log: string[] = [];
    endings.of(SID).subscribe({ next: () => log.push('ended'), complete: () => log.push('complete') });
    return log;
  };

  it.each([
    ['a token whose id is that of the session', { kind: 'token', id: SID }],
    ['a user whose id is that of the session', { kind: 'user', id: SID }],
    ['the sessions of a user whose id is that of the session', { kind: 'user-sessions', id: SID }],
    ['all sessions that began until now, which it may not have', { kind: 'all', id: '*' }],
  ] as const)('does not take the revocation of %s for its end, before or after', async (_, revocation) => {
    const endings = new SessionEndings(list, events);
    const before = follow(endings);
    await list.revoke([revocation], 60);
    const after = follow(endings);
    await settled();
    expect([before, after]).toEqual([[], []]);
  });

  it('does not take what else happens in it for its end', async () => {
    const log = follow(new SessionEndings(blind(), events));
    events.emit({ type: 'refreshed', userId: 'ada', sessionId: SID });
    events.emit({ type: 'session-ended', reason: 'ended', userId: 'ada' });
    events.emit({ type: 'logged-out', userId: 'ada', sessionId: 'another' });
    await settled();
    expect(log).toEqual([]);
  });

  it('and follows it again at once is told once each time, and never without end', async () => {
    const endings = new SessionEndings(blind(), events);
    let told = 0;
    const again = () =>
      void endings.of(SID).subscribe(() => {
        if (++told < 10) again();
      });
    again();
    events.emit({ type: 'logged-out', userId: 'ada', sessionId: SID });
    expect(told).toBe(1);
    events.emit({ type: 'logged-out', userId: 'ada', sessionId: SID });
    expect(told).toBe(2);
  });

  it('is let go when the app shuts down, also with a list that cannot be watched', () => {
    let watched = 0;
    const seen = { ...blind(), watch: () => (watched++, () => void watched--) };
    for (const revocations of [blind(), seen]) {
      const endings = new SessionEndings(revocations, events);
      const log = follow(endings);
      endings.onModuleDestroy();
      expect([log, endings.size, watched]).toEqual([['complete'], 0, 0]);
    }
  });
});
