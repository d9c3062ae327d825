import { InMemoryRevocationList } from '../../../src/tokens/in-memory-revocation-list.js';

describe('the revocation list in memory (G11)', () => {
  let now: number;
  let list: InMemoryRevocationList;
  const inSeconds = (seconds: number) => new Date(now + seconds * 1000);
  beforeEach(() => {
    now = 1_800_000_000_000;
    list = new InMemoryRevocationList(() => now);
  });

  it('revokes by session and by token id, and nothing else', async () => {
    await list.revoke({ kind: 'session', id: 's1', until: inSeconds(60) });
    await list.revoke({ kind: 'token', id: 't1', until: inSeconds(60) });
    expect(list.isRevoked({ sid: 's1', jti: 'x' })).toBe(true);
    expect(list.isRevoked({ sid: 'x', jti: 't1' })).toBe(true);
    expect(list.isRevoked({ sid: 't1', jti: 's1' })).toBe(false);
  });

  it('forgets entries once the tokens they concern have expired', async () => {
    for (let i = 0; i < 1000; i++) await list.revoke({ kind: 'session', id: `s${i}`, until: inSeconds(60) });
    expect(list.size).toBe(1000);
    now += 61_000;
    await list.revoke({ kind: 'session', id: 'later', until: inSeconds(60) });
    expect(list.size).toBe(1);
  });

  it('keeps an entry that is revoked again for as long as the later call says', async () => {
    await list.revoke({ kind: 'session', id: 's1', until: inSeconds(10) });
    await list.revoke({ kind: 'session', id: 's1', until: inSeconds(100) });
    now += 50_000;
    await list.revoke({ kind: 'session', id: 'other', until: inSeconds(60) });
    expect(list.isRevoked({ sid: 's1', jti: 'x' })).toBe(true);
  });
});
