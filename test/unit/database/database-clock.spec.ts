import { DataSource } from 'typeorm';
import { DatabaseClock } from '../../../src/database/database-clock.js';
import { UnavailableError } from '../../../src/errors/auth-errors.js';
import { createDatabase, type TestDatabase } from '../../support/postgres.js';

describe('the clock of the database', () => {
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

  it('is found again after this process has got another time', async () => {
    let off = 0;
    const clock = new DatabaseClock(source, () => Date.now() + off);
    await clock.sync();
    off = 3_600_000;
    await clock.sync();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(500);
  });

  it('is remembered while the database is away', async () => {
    const own = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    const clock = new DatabaseClock(own, () => Date.now() + 600_000);
    await clock.sync();
    await own.destroy();
    await expect(clock.sync()).rejects.toThrow(UnavailableError);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(500);
  });
});
