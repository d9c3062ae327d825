import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { BatchedRead } from '../../../src/database/batched-read.js';
import { UnavailableError } from '../../../src/errors/auth-errors.js';
import { createDatabase, type TestDatabase } from '../../support/postgres.js';

interface Thing {
  id: string;
  name: string;
}

describe('reads requested at the same time', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let things: BatchedRead<Thing>;
  const ids = Array.from({ length: 250 }, () => randomUUID());

  beforeAll(async () => {
    database = await createDatabase();
    dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    await dataSource.query(
      'CREATE TABLE things (id uuid PRIMARY KEY, name text, read int NOT NULL DEFAULT 0)',
    );
    await dataSource.query(
      'INSERT INTO things SELECT id, $2 || n FROM unnest($1::uuid[]) WITH ORDINALITY AS given (id, n)',
      [ids, 'thing '],
    );
    things = new BatchedRead(dataSource, 'SELECT id, name FROM things WHERE id = ANY($1::uuid[])');
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  it('each get their own row, whatever the number and order, or null if there is none', async () => {
    const asked = [...ids, randomUUID(), ...ids.toReversed()];
    const names = (await Promise.all(asked.map((id) => things.find(id)))).map((row) => row?.name);
    const known = ids.map((_, i) => `thing ${i + 1}`);
    expect(names).toEqual([...known, undefined, ...known.toReversed()]);
  });

  it('see the state at the time of the request: nothing is cached', async () => {
    const [id] = ids as [string];
    const before = things.find(id);
    await dataSource.query(`UPDATE things SET name = 'renamed' WHERE id = $1`, [id]);
    const after = things.find(id);
    expect((await after)?.name).toBe('renamed');
    await before;
    await dataSource.query('DELETE FROM things WHERE id = $1', [id]);
    expect(await things.find(id)).toBeNull();
  });

  it('all fail together with their statement, and later ones do not', async () => {
    await dataSource.query('ALTER TABLE things RENAME TO elsewhere');
    const failed = await Promise.allSettled(ids.slice(1, 4).map((id) => things.find(id)));
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await dataSource.query('ALTER TABLE elsewhere RENAME TO things');
    expect((await things.find(ids[1]!))?.id).toBe(ids[1]);
  });

  it('are refused as unavailable while the database is down', async () => {
    const source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    const reads = new BatchedRead<Thing>(source, 'SELECT id, name FROM things WHERE id = ANY($1::uuid[])');
    await source.destroy();
    await expect(reads.find(ids[1]!)).rejects.toBeInstanceOf(UnavailableError);
  });
});
