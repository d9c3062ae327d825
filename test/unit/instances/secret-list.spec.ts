import assert from 'node:assert/strict';
import type { SecretState, SeenInstance } from '../../../src/instances/instance.store.js';
import { SecretChoice } from '../../../src/instances/secret-choice.js';
import { SecretList } from '../../../src/instances/secret-list.js';

type Row = Pick<SeenInstance, 'id' | 'starting' | 'kinds'>;

/** Small, fast, and the same at each run (mulberry32). */
function randomNumbers(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/**
 * An instance whose signs of life happen in two steps, as in PostgreSQL: a statement reads what was committed when it
 * began, and commits what it writes later.
 */
class Instance {
  readonly list: SecretList;
  state: 'starting' | 'serving' | 'refused' | 'stopped' = 'starting';
  private told: SecretState | undefined;
  private reading: { rows: Row[]; written: SecretState } | undefined;

  constructor(
    readonly id: string,
    readonly known: string[],
    private readonly table: Map<string, Row>,
  ) {
    this.list = new SecretList('refresh', new SecretChoice(known));
  }

  get secret(): string | undefined {
    return this.list.isDecided ? this.known[this.list.choice.position] : undefined;
  }

  step(): void {
    if (this.state === 'refused' || this.state === 'stopped') return;
    if (!this.reading) {
      const rows = [...this.table.values()].filter(({ id }) => id !== this.id);
      this.reading = { rows, written: this.list.state };
      return;
    }
    const { rows, written } = this.reading;
    this.reading = undefined;
    this.table.set(this.id, {
      id: this.id,
      starting: this.state === 'starting',
      kinds: { refresh: written },
    });
    const others = rows as SeenInstance[];
    this.list.decide(others, [this.told, written], 0);
    this.told = written;
    if (this.state === 'starting' && this.list.isDecided) this.judge(others);
  }

  stop(): void {
    this.state = 'stopped';
    this.table.delete(this.id);
  }

  private judge(others: SeenInstance[]): void {
    const behind = new Set(others.map((other) => this.list.isBehind(other)));
    if (behind.has('already')) {
      this.stop();
      this.state = 'refused';
    } else if (!behind.has('soon')) this.state = 'serving';
  }
}

/** What serves must accept what anyone makes who serves. */
function misunderstandings(all: readonly Instance[]): string[] {
  const serving = all.filter(({ state }) => state === 'serving');
  return serving.flatMap((one) =>
    serving
      .filter(({ known }) => one.known.some((id) => known.includes(id)))
      .filter(({ known }) => one.secret && !known.includes(one.secret))
      .map((other) => `${one.id} uses ${one.secret}, which ${other.id} does not know`),
  );
}

describe('instances that decide on their own, in any order of their statements', () => {
  it.each([
    ['one restart after the other with a new secret first', ['old'], ['new', 'old']],
    ['one restart after the other without the old secret', ['new', 'old'], ['new']],
    ['a way back with both secrets', ['new', 'old'], ['old', 'new']],
    ['a first pepper', ['-'], ['pepper', '-']],
    ['two new secrets at once', ['a'], ['c', 'b', 'a']],
  ])('%s: nobody uses what another one does not know', (_, before, after) => {
    for (let seed = 0; seed < 1_500; seed++) {
      const random = randomNumbers(seed);
      const table = new Map<string, Row>();
      const all = [1, 2, 3].map((n) => new Instance(`before ${n}`, before, table));
      for (let i = 0; i < 40; i++) all[random(3)]!.step();
      for (const old of all.slice()) {
        old.stop();
        all.push(new Instance(`instead of ${old.id}`, after, table));
        for (let i = 0; i < 5 + random(30); i++) {
          all[random(all.length)]!.step();
          assert.deepEqual(misunderstandings(all), []);
        }
      }
      for (let i = 0; i < 250; i++) {
        all[random(all.length)]!.step();
        assert.deepEqual(misunderstandings(all), []);
      }
      const serving = all.filter(({ state }) => state === 'serving');
      expect(serving.map(({ secret }) => secret)).toEqual([after[0], after[0], after[0]]);
    }
  });

  it('an instance with the old list alone starts at any moment: it is refused, or the others keep the old secret', () => {
    const seen = { serving: 0, refused: 0 };
    for (let seed = 0; seed < 10_000; seed++) {
      const random = randomNumbers(seed);
      const table = new Map<string, Row>();
      const all = [1, 2].map((n) => new Instance(`new ${n}`, ['new', 'old'], table));
      const leaving = new Instance('leaving', ['old'], table);
      for (let i = 0; i < 30; i++) [...all, leaving][random(3)]!.step();
      leaving.stop();
      for (let i = 0; i < random(20); i++) all[random(2)]!.step();
      const late = new Instance('late', ['old'], table);
      all.push(late);
      for (let i = 0; i < 60; i++) {
        all[random(3)]!.step();
        assert.deepEqual(misunderstandings(all), []);
      }
      if (late.state === 'serving' || late.state === 'refused') seen[late.state]++;
    }
    expect(Math.min(seen.serving, seen.refused)).toBeGreaterThan(100);
  });

  it('goes back to the secret that all know when an instance without the new one is there', () => {
    const table = new Map<string, Row>();
    const mine = new Instance('mine', ['new', 'old'], table);
    for (let i = 0; i < 8; i++) mine.step();
    expect(mine.secret).toBe('new');
    const state = { known: ['old'], announced: 'old', made: ['old'], since: null };
    table.set('thawed', { id: 'thawed', starting: false, kinds: { refresh: state } });
    for (let i = 0; i < 2; i++) mine.step();
    expect(mine.secret).toBe('old');
  });

  it('stays with the new secret while an instance without it tries to start', () => {
    const table = new Map<string, Row>();
    const mine = new Instance('mine', ['new', 'old'], table);
    for (let i = 0; i < 8; i++) mine.step();
    const state = { known: ['old'], announced: 'old', made: [], since: null };
    table.set('late', { id: 'late', starting: true, kinds: { refresh: state } });
    for (let i = 0; i < 4; i++) mine.step();
    expect(mine.secret).toBe('new');
  });
});
