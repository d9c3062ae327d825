import { randomUUID } from 'node:crypto';
import { ExpiringIds } from '../../../src/revocation/expiring-ids.js';

describe('ids that expire', () => {
  it('does the same as a Map, whatever is added, looked up and swept', () => {
    let seed = 11;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const pool = Array.from({ length: 20_000 }, (_, i) => (i % 10 === 0 ? `id ${i}` : randomUUID()));
    const ids = new ExpiringIds();
    const model = new Map<string, number>();
    let now = 1_800_000_000_000;
    for (let step = 0; step < 200_000; step++) {
      const id = pool[random(pool.length)]!;
      const what = random(100);
      if (what < 50) {
        const until = now + random(600) * 1_000;
        ids.add(id, until);
        model.set(id, Math.max(until, model.get(id) ?? 0));
      } else if (what === 99 && random(20) === 0) {
        now += random(120) * 1_000;
        ids.startSweep();
        ids.sweepOn(now);
        for (const [each, until] of model) if (until <= now) model.delete(each);
        if (ids.size !== model.size) throw new Error(`${ids.size} at step ${step}`);
      } else if (ids.has(id) !== model.has(id)) throw new Error(`${id} at step ${step}`);
    }
    expect(pool.filter((id) => ids.has(id) !== model.has(id))).toEqual([]);
    expect(model.size).toBeGreaterThan(100);
  });

  it('sweeps many in steps, and nothing that lives is lost meanwhile', () => {
    const ids = new ExpiringIds();
    const [short, long] = [60_000, 60_000].map((count) => Array.from({ length: count }, () => randomUUID()));
    for (const id of short!) ids.add(id, 10_000);
    for (const id of long!) ids.add(id, 90_000);
    ids.startSweep();
    let steps = 0;
    for (; ids.size > 60_000; steps++) {
      ids.sweepOn(20_000);
      if (steps % 50 === 0 && !long!.every((id) => ids.has(id))) throw new Error(`at step ${steps}`);
    }
    expect(steps).toBeGreaterThan(100);
    expect(long!.every((id) => ids.has(id))).toBe(true);
    expect(short!.some((id) => ids.has(id))).toBe(false);
  });

  it.each([0, 1, 2, 3])(
    'tells apart ids that differ in 32 bits alone, although many share a slot (%s)',
    (word) => {
      const uuid = (n: number) => {
        const words = Array.from({ length: 4 }, (_, i) => (i === word ? n : 7).toString(16).padStart(8, '0'));
        return words.join('').replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
      };
      const ids = new ExpiringIds();
      for (let n = 0; n < 2_000; n += 2) ids.add(uuid(n), 10_000);
      expect(ids.size).toBe(1_000);
      for (let n = 0; n < 2_000; n++) if (ids.has(uuid(n)) !== (n % 2 === 0)) throw new Error(uuid(n));
    },
  );

  it('tells apart ids that differ in one digit, in case or in form', () => {
    const ids = new ExpiringIds();
    const id = '3f0e8f3e-0f7c-4a53-9b0a-2f1f6d2a9d10';
    ids.add(id, 10_000);
    const others = [id.toUpperCase(), id.replaceAll('-', ''), ` ${id.slice(1)}`, id.replaceAll('-', '0'), ''];
    for (let place = 0; place < id.length; place++)
      others.push(`${id.slice(0, place)}${id[place] === '1' ? '2' : '1'}${id.slice(place + 1)}`);
    others.push(`${id.slice(0, 35)}é`, `g${id.slice(1)}`, `${id.slice(0, 35)}\u{130}`);
    expect(others.filter((other) => ids.has(other))).toEqual([]);
    for (const other of others) ids.add(other, 10_000);
    expect(ids.size).toBe(new Set([id, ...others]).size);
    expect([id, ...others].every((each) => ids.has(each))).toBe(true);
  });

  it('tells apart a UUID and what begins with it', () => {
    const ids = new ExpiringIds();
    const id = randomUUID();
    ids.add(`${id}x`, 10_000);
    expect([ids.has(id), ids.has(`${id}x`)]).toEqual([false, true]);
    ids.add(id, 10_000);
    expect([ids.size, ids.has(`${id}y`)]).toEqual([2, false]);
  });

  it.each(['3f0e8f3e-0f7c-4a53-9b0a-2f1f6d2a9d10', 'another id'])(
    'keeps %s until its second is over, and counts one that has expired long ago until it is swept',
    (id) => {
      const ids = new ExpiringIds();
      const sweepAt = (now: number) => {
        ids.startSweep();
        ids.sweepOn(now);
        return ids.has(id);
      };
      ids.add(id, 10_500);
      expect([sweepAt(10_499), sweepAt(10_999), sweepAt(11_000)]).toEqual([true, true, false]);
      ids.add(id, 0);
      expect([ids.has(id), ids.size]).toEqual([true, 1]);
      expect([sweepAt(10_000), ids.size]).toEqual([false, 0]);
    },
  );

  it('keeps ids beyond the year 2038 as others come and go', () => {
    const ids = new ExpiringIds();
    const far = Array.from({ length: 500 }, () => randomUUID());
    for (const id of far) ids.add(id, 4e12);
    for (let i = 0; i < 5_000; i++) ids.add(randomUUID(), 10_000);
    ids.startSweep();
    ids.sweepOn(2.2e12);
    expect([ids.size, far.every((id) => ids.has(id))]).toEqual([500, true]);
  });

  it('keeps the all-zero id, and ids that never expire', () => {
    const ids = new ExpiringIds();
    const zero = '00000000-0000-0000-0000-000000000000';
    expect(ids.has(zero)).toBe(false);
    ids.add(zero, 8.64e15);
    ids.startSweep();
    ids.sweepOn(4e12);
    expect(ids.has(zero)).toBe(true);
  });
});
