// The table of sessions, with its partitions if it has any, as PostgreSQL counts it.
const PARTS = `(
  SELECT 'refresh_tokens'::regclass::oid AS relid
  UNION ALL SELECT inhrelid FROM pg_inherits WHERE inhparent = 'refresh_tokens'::regclass
) AS parts`;

/** Sizes in bytes; the counts of rows are those since the table was created. */
export async function stateOf(client) {
  const { rows } = await client.query(
    `SELECT sum(pg_table_size(relid))::float8 AS heap, sum(pg_indexes_size(relid))::float8 AS indexes,
       sum(n_live_tup)::float8 AS live, sum(n_dead_tup)::float8 AS dead,
       sum(n_tup_upd)::float8 AS updates, sum(n_tup_hot_upd)::float8 AS hot,
       sum(autovacuum_count)::int AS vacuums,
       pg_total_relation_size('revocations')::float8 AS revocations
     FROM ${PARTS} JOIN pg_stat_user_tables USING (relid)`,
  );
  return rows[0];
}

/** Reads the tables of a refresh into PostgreSQL's buffers. */
export async function warmUp(client) {
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_prewarm');
  await client.query(
    `SELECT pg_prewarm(oid) FROM pg_class WHERE relkind = 'r' AND (oid = 'users'::regclass OR oid IN (SELECT relid FROM ${PARTS}))
     UNION ALL SELECT pg_prewarm(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
       WHERE relkind = 'i' AND indisprimary AND (indrelid = 'users'::regclass OR indrelid IN (SELECT relid FROM ${PARTS}))`,
  );
}
