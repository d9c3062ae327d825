import { DataSource } from 'typeorm';
import { detectPooler } from '../../../src/database/detect-pooler.js';
import { migrate, serviceDatabase } from '../../../src/settings/database.js';
import { createDatabase, type TestDatabase } from '../../support/postgres.js';
import { describeWithPgBouncer, startPgBouncer, type TestPgBouncer } from '../../support/pgbouncer.js';

const MODES = ['session', 'transaction', 'statement'] as const;

async function detectAt(url: string): Promise<string> {
  const source = await new DataSource({ type: 'postgres', url }).initialize();
  try {
    return await detectPooler(source);
  } finally {
    await source.destroy();
  }
}

describeWithPgBouncer('a pooler in front of the database', () => {
  let database: TestDatabase;
  let pgbouncer: TestPgBouncer | undefined;
  beforeEach(async () => (database = await createDatabase()));
  afterEach(async () => {
    await pgbouncer?.close();
    await database.drop();
  });

  it('is not seen where there is none', async () => {
    expect(await detectAt(database.url)).toBe('none');
  });

  it.each(MODES.flatMap((mode) => ['1', '2', '20'].map((size) => [mode, size] as const)))(
    'is recognized in %s mode with %s servers',
    async (mode, size) => {
      pgbouncer = await startPgBouncer(database.url, { pool_mode: mode, default_pool_size: size });
      expect(await detectAt(pgbouncer.url)).toBe(mode === 'session' ? 'pooled' : mode);
    },
  );

  it('in statement mode is refused with a sentence', async () => {
    pgbouncer = await startPgBouncer(database.url, { pool_mode: 'statement' });
    for (const pooler of [undefined, 'transaction', 'session'] as const)
      await expect(migrate(pgbouncer.url, { pooler })).rejects.toThrow(
        /in statement mode.*set its pool_mode/,
      );
  });

  it('in transaction mode is named where the setting is missing or says session', async () => {
    pgbouncer = await startPgBouncer(database.url, { pool_mode: 'transaction' });
    for (const pooler of [undefined, 'session'] as const)
      await expect(migrate(pgbouncer.url, { pooler })).rejects.toThrow(
        /in transaction mode: set DATABASE_POOLER=transaction/,
      );
    await migrate(pgbouncer.url, { pooler: 'transaction' });
  });

  it.each(['1', '2'])(
    'in transaction mode with %s servers, eight instances migrate in turns',
    async (size) => {
      const settings = { pool_mode: 'transaction', default_pool_size: size, server_reset_query_always: '1' };
      pgbouncer = await startPgBouncer(database.url, settings);
      const { url } = pgbouncer;
      await Promise.all(Array.from({ length: 8 }, () => migrate(url, { pooler: 'transaction' })));
      const source = await new DataSource(serviceDatabase(url, { pooler: 'transaction' })).initialize();
      expect(await source.showMigrations()).toBe(false);
      await source.destroy();
    },
  );

  it('in session mode has the limit of a statement set for each connection', async () => {
    pgbouncer = await startPgBouncer(database.url, { pool_mode: 'session' });
    await migrate(pgbouncer.url, { pooler: 'session' });
    const source = await new DataSource(serviceDatabase(pgbouncer.url, { pooler: 'session' })).initialize();
    expect(await source.query('SHOW statement_timeout')).toEqual([{ statement_timeout: '900ms' }]);
    await source.destroy();
  });
});
