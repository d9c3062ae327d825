import { RecentProof, Undecided } from '../../../src/auth/readiness/recent-proof.js';

describe('a proof that is kept', () => {
  let time = 0;
  let proofs = 0;
  let outcome: Error | undefined;
  const prove = async () => {
    proofs++;
    await Promise.resolve();
    if (outcome) throw outcome;
  };
  let proof: RecentProof;
  beforeEach(() => {
    [time, proofs, outcome] = [0, 0, undefined];
    proof = new RecentProof(prove, () => time);
  });
  const check = () =>
    proof.check().then(
      () => 'fine',
      (error: Error) => error.message,
    );

  it('is shared by all who ask, and repeated after a minute', async () => {
    expect(new Set(await Promise.all(Array.from({ length: 100 }, check)))).toEqual(new Set(['fine']));
    time = 59_999;
    await check();
    expect(proofs).toBe(1);
    time = 60_000;
    await Promise.all([check(), check()]);
    expect(proofs).toBe(2);
  });

  it('is repeated once a second while it fails', async () => {
    outcome = new Error('broken');
    expect(await check()).toBe('broken');
    time = 999;
    expect([await check(), proofs]).toEqual(['broken', 1]);
    time = 1_000;
    expect([await check(), proofs]).toEqual(['broken', 2]);
    outcome = undefined;
    time = 2_000;
    expect([await check(), proofs]).toEqual(['fine', 3]);
  });

  it('stays as it was for ten seconds while it cannot be decided', async () => {
    await check();
    outcome = new Undecided({ message: 'busy' });
    for (time = 60_000; time < 70_000; time += 1_000) expect(await check()).toBe('fine');
    expect([await check(), proofs]).toEqual(['busy', 12]);
  });

  it('does not turn from broken to busy', async () => {
    outcome = new Error('broken');
    await check();
    outcome = new Undecided({ message: 'busy' });
    time = 5_000;
    expect(await check()).toBe('broken');
  });

  it('that is undecided from the beginning is not fine', async () => {
    outcome = new Undecided({ message: 'busy' });
    expect(await check()).toBe('busy');
  });
});
