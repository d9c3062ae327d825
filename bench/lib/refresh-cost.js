// What a refresh is made of, for tables of several sizes: pages, index depth, PostgreSQL's processor time and log.
import { withClient } from './database.js';
import { inTurns } from './rounds.js';
import { connectionsOf, serverTime } from './server-time.js';
import { settings } from './settings.js';
import { compared } from './stats.js';

/** An idle connection reports what it has read after 10 seconds at the latest. */
const REPORTED_MS = settings.size(11_000, 100);
const SECONDS = settings.size(5, 0.1);
/** The smallest table's number of sessions, chosen from each table. */
const FEW = settings.scale[0];

/** Lines about each table, and how the larger ones compare with the smallest. */
export async function costsOfRefresh(tables) {
  const lines = [];
  for (const table of tables)
    lines.push(...(await withClient(table.databaseUrl, (client) => costOf(client, table))));
  return [...lines, ...(await ratios(tables))];
}

async function costOf(client, { contender, label }) {
  await client.query('CREATE EXTENSION IF NOT EXISTS pageinspect');
  await client.query('CHECKPOINT');
  await contender.ask('work', { kind: 'refresh', seconds: SECONDS });
  const before = await counts(client);
  const { rate } = await contender.ask('work', { kind: 'refresh', seconds: SECONDS });
  const after = await counts(client);
  const refreshes = Math.max(1, after.updates - before.updates);
  const each = (figure) => (after[figure] - before[figure]) / refreshes;
  const pages = (...names) =>
    names
      .map(
        (name) =>
          `${name.replace('_', ' ')} ${each(`${name}_hit`).toFixed(2)} + ${each(`${name}_read`).toFixed(2)}`,
      )
      .join(', ');
  const { rows: sizes } = await client.query(
    `SELECT pg_size_pretty(pg_relation_size('refresh_tokens')) AS sessions,
       pg_size_pretty(pg_relation_size('refresh_tokens_pkey')) AS key, pg_size_pretty(pg_table_size('users')) AS users,
       (bt_metap('refresh_tokens_pkey')).level + 1 AS levels, (bt_metap('users_pkey')).level + 1 AS user_levels`,
  );
  const { sessions, key, users, levels, user_levels } = sizes[0];
  return [
    `A refresh with ${label} sessions (${sessions}, key ${key} of ${levels} levels; users ${users}, key of ${user_levels} levels), ` +
      `at ${rate.toFixed(0)} a second:`,
    `  pages found in the buffers + fetched: ${pages('sessions', 'sessions_key', 'users', 'users_key')}`,
    `  PostgreSQL's processor time ${each('user').toFixed(0)} us in user mode, ${each('kernel').toFixed(0)} us in the kernel; ` +
      `log ${each('wal').toFixed(0)} bytes, with ${each('images').toFixed(2)} whole pages`,
  ];
}

async function counts(client) {
  await new Promise((done) => setTimeout(done, REPORTED_MS));
  const { user, kernel } = serverTime(await connectionsOf(client));
  const { rows } = await client.query(
    `SELECT s.heap_blks_hit AS sessions_hit, s.heap_blks_read AS sessions_read,
       k.idx_blks_hit AS sessions_key_hit, k.idx_blks_read AS sessions_key_read,
       u.heap_blks_hit AS users_hit, u.heap_blks_read AS users_read,
       l.idx_blks_hit AS users_key_hit, l.idx_blks_read AS users_key_read,
       wal_bytes AS wal, wal_fpi AS images, n_tup_upd AS updates
     FROM pg_stat_wal, pg_statio_user_tables AS s
     JOIN pg_stat_user_tables AS t ON t.relid = s.relid
     JOIN pg_statio_user_indexes AS k ON k.indexrelname = 'refresh_tokens_pkey'
     JOIN pg_statio_user_tables AS u ON u.relname = 'users'
     JOIN pg_statio_user_indexes AS l ON l.indexrelname = 'users_pkey'
     WHERE s.relname = 'refresh_tokens'`,
  );
  return { ...rows[0], user, kernel };
}

/** Of any session; of as many sessions as the smallest table has; and of the database's part alone. */
async function ratios(tables) {
  const cells = tables.flatMap(({ contender, label }) => [
    { name: `any, ${label}`, measure: during(contender, { kind: 'refresh' }) },
    { name: `few, ${label}`, measure: during(contender, { kind: 'refresh', few: FEW }, SECONDS) },
    { name: `statement, ${label}`, measure: during(contender, { kind: 'statement' }) },
  ]);
  const results = await inTurns('scale: what a refresh takes', cells);
  return tables.slice(1).map(({ label }) => {
    const ratio = (kind) =>
      compared(results[`${kind}, ${tables[0].label}`], results[`${kind}, ${label}`]).value.toFixed(2);
    return (
      `${label} sessions / ${tables[0].label}: refresh ${ratio('any')}, refresh of only ${FEW} of them ${ratio('few')}, ` +
      `the statement alone ${ratio('statement')}`
    );
  });
}

/** @param before seconds of the same work before it counts, which bring its pages into the buffers */
function during(contender, work, before = 0) {
  return async (seconds = settings.seconds) => {
    if (before > 0) await contender.ask('work', { ...work, seconds: before });
    return contender.ask('work', { ...work, seconds: settings.smoke ? 0.1 : seconds });
  };
}
