// The product's table of sessions in partitions, with the same columns, indexes, triggers and fill factor. The product
// itself creates no such tables.

/** By a hash of the id, as each statement knows it. */
export function byHash(client, count) {
  const parts = Array.from({ length: count }, (_, i) => `WITH (MODULUS ${count}, REMAINDER ${i})`);
  return partition(client, { by: 'HASH (id)', key: 'id', parts });
}

/** By the day of the absolute expiry, so that a day could be dropped. A key must then contain more than the id. */
export async function byExpiry(client, days) {
  const day = (n) => `'${new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)}'`;
  const parts = Array.from({ length: days }, (_, n) => `FROM (${day(n)}) TO (${day(n + 1)})`);
  await partition(client, { by: 'RANGE (absolute_expires_at)', key: 'id, absolute_expires_at', parts });
}

/** For an empty table. */
async function partition(client, { by, key, parts }) {
  const { rows: indexes } = await client.query(
    `SELECT pg_get_indexdef(indexrelid) AS definition FROM pg_index WHERE indrelid = 'refresh_tokens'::regclass AND NOT indisprimary`,
  );
  const { rows: triggers } = await client.query(
    `SELECT pg_get_triggerdef(oid) AS definition FROM pg_trigger WHERE tgrelid = 'refresh_tokens'::regclass AND NOT tgisinternal`,
  );
  await client.query('ALTER TABLE refresh_tokens RENAME TO former');
  await client.query(`CREATE TABLE refresh_tokens (LIKE former INCLUDING DEFAULTS) PARTITION BY ${by}`);
  for (const [i, values] of parts.entries())
    await client.query(
      `CREATE TABLE refresh_tokens_${i} PARTITION OF refresh_tokens FOR VALUES ${values} WITH (fillfactor = 70)`,
    );
  await client.query('DROP TABLE former');
  await client.query(`ALTER TABLE refresh_tokens ADD PRIMARY KEY (${key})`);
  for (const { definition } of [...indexes, ...triggers]) await client.query(definition);
}
