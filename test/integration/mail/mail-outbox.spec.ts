import { DataSource } from 'typeorm';
import { authEntities, authMigrations } from '../../../src/index.js';
import { InMemoryMailOutbox } from '../../../src/mail/in-memory-mail-outbox.js';
import { PostgresMailOutbox } from '../../../src/mail/postgres-mail-outbox.js';
import { describeMailOutbox } from '../../contract/mail-outbox.contract.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';

describeMailOutbox('InMemoryMailOutbox', async () => {
  let now = Date.now();
  return {
    outbox: new InMemoryMailOutbox(() => now),
    advance: async (seconds) => void (now += seconds * 1_000),
  };
});

describe('in PostgreSQL', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    source = await new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [...authEntities],
      migrations: [...authMigrations],
      migrationsRun: true,
    }).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  const TIMES = ['created_at', 'next_at', 'leased_until', 'sent_at', 'failed_at'];
  describeMailOutbox('PostgresMailOutbox', async () => {
    await source.query('TRUNCATE auth_mails');
    const advance = async (seconds: number) => {
      const sets = TIMES.map((column) => `${column} = ${column} - make_interval(secs => $1)`);
      await source.query(`UPDATE auth_mails SET ${sets.join(', ')}`, [seconds]);
    };
    return { outbox: new PostgresMailOutbox(source), advance };
  });

  it('writes a mail in the transaction of the caller: it comes and goes with it, and is announced when it commits', async () => {
    await source.query('TRUNCATE auth_mails');
    const outbox = new PostgresMailOutbox(source);
    const mail = { template: 'account-closed', to: 'ada@example.com' } as const;
    await source
      .transaction((manager) => outbox.enqueue(mail, manager).then(() => Promise.reject(new Error('no'))))
      .catch(() => undefined);
    expect((await outbox.list()).items).toEqual([]);
    await source.transaction(async (manager) => {
      await outbox.enqueue(mail, manager);
      expect(await outbox.lease(1)).toEqual([]);
    });
    expect(await outbox.lease(1)).toHaveLength(1);
  });

  it('finds what is due by an index, however many mails have been sent', async () => {
    await source.query('TRUNCATE auth_mails');
    await source.query(`INSERT INTO auth_mails (id, template, recipient, sent_at)
      SELECT gen_random_uuid(), 'account-closed', 'a@example.com', now() FROM generate_series(1, 5000)`);
    await source.query('ANALYZE auth_mails');
    const plan =
      await source.query(`EXPLAIN SELECT id FROM auth_mails WHERE sent_at IS NULL AND failed_at IS NULL
      AND next_at <= now() ORDER BY next_at LIMIT 10`);
    expect(JSON.stringify(plan)).toContain('auth_mails_due_idx');
  });
});
