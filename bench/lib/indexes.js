// Filling a large table: random ids take an index longest one by one.

/**
 * Does some work while the table of sessions has no indexes, and creates them afterwards, with as much space in their
 * pages as random inserts leave in the long run.
 */
export async function withoutIndexes(client, work) {
  const { rows: indexes } = await client.query(
    `SELECT relname AS name, pg_get_indexdef(indexrelid) AS definition, indisprimary AS key
     FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = 'refresh_tokens'::regclass`,
  );
  for (const { name, key } of indexes)
    await client.query(key ? `ALTER TABLE refresh_tokens DROP CONSTRAINT ${name}` : `DROP INDEX ${name}`);
  await work();
  await client.query(`SET maintenance_work_mem = '512MB'`);
  for (const { name, definition, key } of indexes) {
    const [create, where] = definition.split(' WHERE ');
    await client.query(`${create} WITH (fillfactor = 70)${where ? ` WHERE ${where}` : ''}`);
    if (key) await client.query(`ALTER TABLE refresh_tokens ADD PRIMARY KEY USING INDEX ${name}`);
  }
  await client.query('RESET maintenance_work_mem');
}
