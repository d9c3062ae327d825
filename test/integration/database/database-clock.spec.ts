import { DataSource } from 'typeorm';
import { DatabaseClock } from '../../../src/database/database-clock.js';
import { UnavailableError } from '../../../src/errors/auth-errors.js';
import { until } from '../../support/until.js';
import { createDatabase, type TestDatabase } from '../../support/postgres.js';

describe("the database's clock", () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await createDatabase();
    source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  });
  afterAll(async () => {
    if (source?.isInitialized) await source.destroy();
    await database?.drop();
  });

  it.each([0, 600_000, -600_000])('is known to a process whose own clock is %i ms off', async (off) => {
    const clock = new DatabaseClock(source, () => Date.now() + off);
    await clock.sync();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(500);
    expect(clock.now() % 1).toBe(0);
  });

  it("equals the process's clock to the millisecond on the same machine, however late the answer is read", async () => {
    const clock = new DatabaseClock(source);
    await readLate(clock);
    expect(clock.now()).toBeGreaterThanOrEqual(Date.now() - 1);
    expect(clock.now()).toBeLessThanOrEqual(Date.now());
  });

  it('is taken from the fastest answer, whatever slower ones came before and after', async () => {
    const clock = new DatabaseClock(source, () => Date.now() + 600_000);
    await readLate(clock);
    const asked = performance.now();
    await clock.sync();
    const trip = performance.now() - asked;
    for (let i = 0; i < 5; i++) await readLate(clock);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThanOrEqual(trip + 2);
  });

  it("is measured again after this process's clock has changed", async () => {
    let off = 0;
    const clock = new DatabaseClock(source, () => Date.now() + off);
    await clock.sync();
    off = 3_600_000;
    await clock.sync();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(500);
  });

  describe('when the clock of the machine jumps', () => {
    const { now } = Date;
    let jump = 0;
    beforeEach(() => {
      jump = 0;
      Date.now = () => now() + jump;
    });
    afterEach(() => void (Date.now = now));

    it('does not follow it, neither back nor forward', async () => {
      const clock = new DatabaseClock(source);
      await clock.sync();
      for (jump of [-600_000, 600_000]) expect(Math.abs(clock.now() - now())).toBeLessThan(500);
    });

    it('lets tokens expire by the later time until the next measurement, which begins at once', async () => {
      const clock = new DatabaseClock(source);
      await clock.sync();
      jump = -600_000;
      expect(Math.abs(clock.latest() - now())).toBeLessThan(500);
      jump = 600_000;
      expect(clock.latest()).toBeGreaterThan(now() + 599_000);
      await until(() => Math.abs(clock.latest() - now()) < 500);
    });

    it('lets nothing pass that has expired after the machine has slept, not even without the database', async () => {
      const own = await new DataSource({ type: 'postgres', url: database.url }).initialize();
      let slept = 0;
      const clock = new DatabaseClock(own, () => now() - slept);
      await clock.sync();
      await own.destroy();
      slept = 600_000; // the own clock stood still
      for (let i = 0; i < 3; i++) {
        expect(Math.abs(clock.latest() - now())).toBeLessThan(500);
        await new Promise((resolve) => setImmediate(resolve));
      }
    });

    it('asks the database within a second, although no token is checked', async () => {
      const clock = new DatabaseClock(source);
      await clock.onModuleInit();
      try {
        const jumped = performance.now();
        const asked = new Promise<void>((resolve) => {
          const sync = clock.sync.bind(clock);
          clock.sync = () => (resolve(), sync());
        });
        jump = 600_000;
        await asked;
        // Otherwise, it asks every five seconds.
        expect(performance.now() - jumped).toBeLessThan(4_000);
        await until(() => Math.abs(clock.latest() - now()) < 500);
      } finally {
        clock.onModuleDestroy();
      }
    });

    it('asks the database once, however often it is asked meanwhile', async () => {
      const clock = new DatabaseClock(source);
      await clock.sync();
      let asked = 0;
      const sync = clock.sync.bind(clock);
      clock.sync = () => (asked++, sync());
      jump = 600_000;
      for (let i = 0; i < 100; i++) clock.latest();
      expect(asked).toBe(1);
      await until(() => Math.abs(clock.latest() - now()) < 500);
    });
  });

  it('is remembered while the database is unavailable', async () => {
    const own = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    const clock = new DatabaseClock(own, () => Date.now() + 600_000);
    await clock.sync();
    await own.destroy();
    await expect(clock.sync()).rejects.toThrow(UnavailableError);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(500);
  });
});

/** The answer arrives immediately, but the process is busy with something else. */
async function readLate(clock: DatabaseClock): Promise<void> {
  const answer = clock.sync();
  await new Promise((resolve) => setImmediate(resolve));
  const free = performance.now() + 300;
  while (performance.now() < free);
  await answer;
}
