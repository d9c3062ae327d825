import { InMemoryRevocationList } from '../../../src/revocation/in-memory-revocation-list.js';

const { now } = Date;
afterEach(() => void (Date.now = now));

it.each([7_200_000, -7_200_000])(
  'a list in memory forgets nothing when the clock of the machine is set by %i ms and back',
  async (jump) => {
    const list = new InMemoryRevocationList();
    await list.revoke([{ kind: 'session', id: 'ended' }], 60);
    Date.now = () => now() + jump;
    await list.revoke([{ kind: 'session', id: 'other' }], 60);
    Date.now = now;
    expect(list.isRevoked({ jti: 'a', sid: 'ended', sub: 'ada', iat: now() / 1_000 })).toBe(true);
  },
);
