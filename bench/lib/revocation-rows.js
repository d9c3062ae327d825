// Revocations by the million, as the triggers leave them when somebody ends sessions by hand.
import { withClient } from './database.js';

/** Adds rows to a table that has none of these indexes meanwhile: random ids take an index longest one by one. */
export async function addRevocations(databaseUrl, count) {
  await withClient(databaseUrl, async (client) => {
    await client.query('BEGIN');
    const { rows: indexes } = await client.query(
      `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition, indisprimary AS key
       FROM pg_index WHERE indrelid = 'revocations'::regclass`,
    );
    for (const { name, key } of indexes)
      await client.query(key ? `ALTER TABLE revocations DROP CONSTRAINT ${name}` : `DROP INDEX ${name}`);
    await client.query('ALTER TABLE revocations DISABLE TRIGGER latchkey_stamp');
    await client.query(
      `INSERT INTO revocations (kind, id, since, until, written_at, written_xid)
       SELECT 'session', gen_random_uuid(), now(), now() + interval '1 day', now(),
         pg_current_xact_id()::text::bigint FROM generate_series(1, $1::int)`,
      [count],
    );
    await client.query('ALTER TABLE revocations ENABLE ALWAYS TRIGGER latchkey_stamp');
    await client.query(`SET LOCAL maintenance_work_mem = '256MB'`);
    for (const { name, definition, key } of indexes) {
      await client.query(definition);
      if (key) await client.query(`ALTER TABLE revocations ADD PRIMARY KEY USING INDEX ${name}`);
    }
    await client.query('COMMIT');
    await client.query('VACUUM ANALYZE revocations');
    await client.query('CHECKPOINT');
  });
}

/** Ends many sessions in one transaction, `sids` among them; resolves after its commit. */
export async function revokeTogether(databaseUrl, count, sids) {
  await withClient(databaseUrl, (client) =>
    client.query(
      `INSERT INTO revocations (kind, id, since, until, written_at, written_xid)
       SELECT 'session', id, now(), 'infinity', now(), 0 FROM (
         SELECT gen_random_uuid()::text FROM generate_series(1, $1::int) UNION ALL SELECT unnest($2::text[])
       ) AS sessions (id)`,
      [count, sids],
    ),
  );
}
