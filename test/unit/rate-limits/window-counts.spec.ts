import { WindowCounts } from '../../../src/rate-limits/window-counts.js';

describe('counts in memory', () => {
  let now: number;
  const counts = (maxKeys: number) => new WindowCounts(maxKeys, () => now);
  beforeEach(() => {
    now = 0;
  });

  it('begin with the first request and start over after their period, however often they are increased', () => {
    const windows = counts(10);
    expect(windows.add('a', 1000)).toEqual({ count: 1, endsIn: 1000 });
    now = 999;
    expect(windows.add('a', 1000)).toEqual({ count: 2, endsIn: 1 });
    now = 1000;
    expect(windows.add('a', 1000)).toEqual({ count: 1, endsIn: 1000 });
  });

  it('are separate for each key', () => {
    const windows = counts(10);
    windows.add('a', 1000);
    expect(windows.add('b', 1000).count).toBe(1);
  });

  it('stay within their bound under a flood of 10^6 keys, and keep counting', () => {
    const windows = counts(1000);
    for (let i = 0; i < 1_000_000; i++) windows.add(`key ${i}`, 60_000);
    expect(windows.size).toBe(1000);
    expect(windows.add('key 999999', 60_000).count).toBe(2);
  });

  it('are removed after their period as new ones arrive', () => {
    const windows = counts(1000);
    for (let i = 0; i < 1000; i++) windows.add(`old ${i}`, 1000);
    now = 1000;
    for (let i = 0; i < 500; i++) windows.add(`new ${i}`, 1000);
    expect(windows.size).toBe(500);
  });
});
