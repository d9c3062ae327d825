import { oldestNews, parseSnapshot } from '../../../src/revocation/revocation-order.js';

describe('the order of revocations', () => {
  it("understands PostgreSQL's snapshots", () => {
    expect(parseSnapshot('10:20:10,14,18')).toEqual({ next: 20n, running: [10n, 14n, 18n] });
    expect(parseSnapshot('18446744073709551000:18446744073709551000:')).toEqual({
      next: 18_446_744_073_709_551_000n,
      running: [],
    });
  });

  it('starts with the next transaction while older ones are still running', () => {
    expect(oldestNews(parseSnapshot('10:20:10'), parseSnapshot('10:30:10,25'))).toBe(20n);
  });

  it('goes back to a transaction that has finished, and no further', () => {
    expect(oldestNews(parseSnapshot('10:20:10,14,18'), parseSnapshot('10:30:10'))).toBe(14n);
  });

  it('misses no transaction, in whatever order they begin and end', () => {
    // A small generator of the same numbers every time.
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const running = new Set<bigint>();
    const committed = new Set<bigint>();
    const known = new Set<bigint>();
    const missed: bigint[] = [];
    let next = 1n;
    const look = () => parseSnapshot(`0:${next}:${[...running].join(',')}`);
    let seen = look();
    for (let step = 0; step < 20_000; step++) {
      const what = random(10);
      if (what < 4) running.add(next++);
      else if (what < 8 && running.size > 0) {
        const ended = [...running][random(running.size)]!;
        running.delete(ended);
        if (random(5) > 0) committed.add(ended);
      } else {
        const now = look();
        const oldest = oldestNews(seen, now);
        for (const id of committed) if (id >= oldest && id < now.next) known.add(id);
        seen = now;
        missed.push(...[...committed].filter((id) => !known.has(id)));
        for (const id of committed) if (id < next - 200n) committed.delete(id);
      }
    }
    expect(missed).toEqual([]);
    expect(known.size).toBeGreaterThan(1_000);
  });
});
