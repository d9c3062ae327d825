import { AuditTrail } from '../../../src/events/audit-trail.js';
import type { AuthEvent } from '../../../src/events/auth-event.js';
import { until } from '../../support/until.js';

/** A database that can become unavailable. */
class Table {
  rows: string[] = [];
  batches: number[] = [];
  /** Whose personal data was removed, and from which rows. */
  forgotten: { userId: string; rows: string[] }[] = [];
  away = false;
  /** How long a write takes. */
  delay = 0;

  async insert(events: readonly AuthEvent[]): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.delay));
    if (this.away) throw new Error('the database is unavailable');
    this.batches.push(events.length);
    for (const { id } of events) if (!this.rows.includes(id)) this.rows.push(id);
  }

  async newestOf(): Promise<never[]> {
    return [];
  }

  async forget(userId: string): Promise<void> {
    this.forgotten.push({ userId, rows: [...this.rows] });
  }
}

const event = (id: string, more: Partial<AuthEvent> = {}): AuthEvent =>
  ({ id, type: 'refreshed', at: new Date(), ...more }) as AuthEvent;
const add = (trail: AuditTrail, from: number, to: number) => {
  for (let i = from; i <= to; i++) trail.add(event(String(i)));
};
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

describe('the writer of the audit trail', () => {
  let table: Table;
  let warnings: string[];
  const open = (settings = {}) =>
    new AuditTrail(table, (line) => void warnings.push(line), { flushEvery: 5, retryAfter: 5, ...settings });
  beforeEach(() => {
    table = new Table();
    warnings = [];
  });

  it('writes many events together, in order, shortly afterwards', async () => {
    const trail = open();
    add(trail, 1, 30);
    expect(table.rows).toEqual([]);
    await until(() => table.rows.length === 30);
    expect([table.rows, table.batches, trail.waiting]).toEqual([numbers(1, 30), [30], 0]);
  });

  it('writes immediately when one statement is full', async () => {
    const trail = open({ batch: 10, flushEvery: 60_000 });
    add(trail, 1, 25);
    await until(() => table.rows.length >= 20);
    await trail.flush();
    expect(table.rows).toEqual(numbers(1, 25));
    expect(Math.max(...table.batches)).toBe(10);
  });

  it('removes what is personal also from events that wait, and from those being written', async () => {
    const trail = open({ flushEvery: 60_000 });
    table.delay = 5;
    add(trail, 1, 1);
    void trail.flush();
    add(trail, 2, 3);
    await trail.forget('ann');
    expect(table.forgotten).toEqual([{ userId: 'ann', rows: numbers(1, 3) }]);
  });

  it('collects events that arrive during a write for the next one', async () => {
    const trail = open({ flushEvery: 60_000 });
    add(trail, 1, 1);
    const flushed = trail.flush();
    add(trail, 2, 3);
    await flushed;
    expect([table.rows, trail.waiting]).toEqual([['1'], 2]);
    await trail.onModuleDestroy();
    expect(table.batches).toEqual([1, 2]);
  });

  it('writes events that arrive during a write before a flush requested in the meantime completes', async () => {
    const trail = open({ flushEvery: 60_000 });
    add(trail, 1, 1);
    void trail.flush();
    add(trail, 2, 3);
    await trail.flush();
    expect([table.rows, trail.waiting]).toEqual([numbers(1, 3), 0]);
  });

  it.each([
    ['is available', false],
    ['fails and comes back', true],
  ])(
    'continues by itself when a write takes longer than events wait, and the database %s',
    async (_, fails) => {
      const trail = open();
      table.delay = 40;
      add(trail, 1, 1);
      await until(() => trail.waiting === 0); // the write has begun
      add(trail, 2, 3);
      table.away = fails;
      await new Promise((resolve) => setTimeout(resolve, 60));
      table.away = false;
      add(trail, 4, 4);
      await until(() => table.rows.length === 4);
      expect(table.rows).toEqual(numbers(1, 4));
    },
  );

  it('keeps events that arrive while the database is unavailable, and writes them when it is back', async () => {
    table.away = true;
    const trail = open();
    add(trail, 1, 20);
    await trail.flush();
    add(trail, 21, 40);
    expect(trail.waiting).toBe(40);
    table.away = false;
    await until(() => table.rows.length === 40);
    expect(table.rows).toEqual(numbers(1, 40));
    expect(warnings).toEqual(['Audit trail events cannot be written yet: the database is unavailable']);
  });

  it('drops the oldest when too many are waiting, and logs how many', async () => {
    table.away = true;
    const trail = open({ capacity: 10 });
    add(trail, 1, 25);
    await trail.flush();
    expect([trail.waiting, trail.dropped]).toEqual([10, 15]);
    table.away = false;
    await until(() => table.rows.length === 10);
    expect(table.rows).toEqual(numbers(16, 25));
    expect(warnings.at(-1)).toBe('15 audit trail events were lost');
  });

  it('has written an event to the database when it reports success', async () => {
    const trail = open({ flushEvery: 60_000 });
    await trail.write(event('decisive'));
    expect(table.rows).toEqual(['decisive']);
  });

  it('keeps such an event too while the database is unavailable, without failing', async () => {
    table.away = true;
    const trail = open();
    await trail.write(event('decisive'));
    table.away = false;
    await until(() => table.rows.length === 1);
    expect(table.rows).toEqual(['decisive']);
  });

  it('writes everything before it stops, and later events immediately', async () => {
    const trail = open({ flushEvery: 60_000 });
    add(trail, 1, 3);
    await trail.onModuleDestroy();
    expect(table.rows).toEqual(numbers(1, 3));
    add(trail, 4, 4);
    await trail.beforeApplicationShutdown();
    expect(table.rows).toEqual(numbers(1, 4));
  });

  it('loses no event that arrives while it writes', async () => {
    table.delay = 3;
    const trail = open();
    for (let i = 1; i <= 40; i++) {
      trail.add(event(String(i)));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await until(() => table.rows.length === 40);
    expect(table.rows).toEqual(numbers(1, 40));
  });

  it('stores refusals by a rate limit once a minute for each limit and address', async () => {
    const trail = open();
    const at = (seconds: number) => new Date(seconds * 1000);
    const throttled = (id: string, ip: string, limit: string, seconds: number) =>
      trail.add(event(id, { type: 'throttled', limit, ip, at: at(seconds) } as Partial<AuthEvent>));
    throttled('a', '192.0.2.1', 'login', 0);
    throttled('b', '192.0.2.1', 'login', 59);
    throttled('c', '192.0.2.2', 'login', 59);
    throttled('d', '192.0.2.1', 'refresh', 59);
    throttled('e', '192.0.2.1', 'login', 60);
    await trail.flush();
    expect(table.rows).toEqual(['a', 'c', 'd', 'e']);
  });
});
