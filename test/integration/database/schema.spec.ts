import { DataSource } from 'typeorm';
import { authEntities, authMigrations } from '../../../src/index.js';
import { migrate } from '../../../src/settings/database.js';
import { createDatabase, type TestDatabase } from '../../support/postgres.js';

describe('the schema', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeEach(async () => {
    database = await createDatabase();
    source = new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [...authEntities],
      migrations: [...authMigrations],
    });
    await source.initialize();
  });
  afterEach(async () => {
    await source.destroy();
    await database.drop();
  });

  it('matches the entities after all migrations', async () => {
    await source.runMigrations();
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('can be reverted to nothing', async () => {
    await source.runMigrations();
    for (const _migration of authMigrations) await source.undoLastMigration();
    const tables = await source.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
    expect(tables).toEqual([{ tablename: 'migrations' }]);
  });

  it('is created once by eight migrators that start together', async () => {
    await Promise.all(Array.from({ length: 8 }, () => migrate(database.url)));
    const [{ count }] = await source.query(`SELECT count(*)::int AS count FROM migrations`);
    expect(count).toBe(authMigrations.length);
  });
});
