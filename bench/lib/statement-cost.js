// PostgreSQL's own processor time for the statement of a refresh, which a busy machine changes less than its rate.
import { Client } from 'pg';
import { IDLE_TTL, ROOM, rotation } from './product-rotation.js';
import { runTime } from './server-time.js';
import { sidOf, userOf } from './session-rows.js';
import { settings } from './settings.js';
import { median } from './stats.js';

const ROUNDS = settings.size(7, 1);
const STATEMENTS = settings.size(500, 20);
/** Of the largest table. */
const FEW = 1_000;
const RELATIONS = ['refresh_tokens', 'refresh_tokens_pkey', 'users', 'users_pkey'];
/** Whatever the current token is: it is rolled back, so the token stays. */
const TEXT = rotation.alone.replace('current_jti = $3', '$3::uuid IS NOT NULL');

/** Lines about any session of each table, and about a few of the largest one, whose pages stay in the buffers. */
export async function describeStatement(tables) {
  const largest = tables.at(-1);
  const some = Math.min(FEW, largest.count);
  const cells = [
    ...tables.map((table) => ({ ...table, what: `any of ${table.label} sessions` })),
    { ...largest, few: some, what: `one of ${some} of the ${largest.label}` },
  ];
  return (await statementCosts(cells)).map(
    ({ what, us, ratio, fetched }) =>
      `The statement of a refresh, ${what}: ${us.toFixed(0)} us of PostgreSQL's processor time (${ratio.toFixed(2)} times the ` +
      `first), fetches ${RELATIONS.map((name, i) => `${fetched[i].toFixed(2)} of ${name}`).join(', ')}`,
  );
}

/**
 * Microseconds for each statement, in turns, and their ratios to those of the first table, as medians over the rounds.
 * @param tables `{ databaseUrl, what, count, few }`: sessions are chosen from the first `few` of `count`
 */
async function statementCosts(tables) {
  const running = [];
  for (const table of tables) {
    const client = new Client({ connectionString: table.databaseUrl });
    await client.connect();
    running.push({ ...table, client, rounds: [] });
  }
  for (let round = 0; round < ROUNDS; round++)
    for (const table of round % 2 === 0 ? running : running.toReversed())
      table.rounds.push(await costOf(table));
  for (const { client } of running) await client.end();
  return running.map(({ what, rounds }) => ({
    what,
    us: median(rounds.map(({ us }) => us)),
    ratio: median(rounds.map(({ us }, i) => us / running[0].rounds[i].us)),
    fetched: RELATIONS.map((_, i) => median(rounds.map(({ fetched }) => fetched[i]))),
  }));
}

async function costOf({ client, count, few = count }) {
  // The pages of few sessions, and of the upper levels of the indexes, are in the buffers afterwards.
  await run(client, few);
  const before = runTime(client.processID);
  const fetched = await run(client, few);
  return { us: (runTime(client.processID) - before) / 1000 / STATEMENTS, fetched };
}

/** Resolves to how many pages of each relation a statement did not find in PostgreSQL's buffers. */
async function run(client, few) {
  await client.query('BEGIN');
  // They may still contain what the transaction before fetched.
  const before = await fetchedPages(client);
  for (let i = 0; i < STATEMENTS; i++) {
    const n = Math.floor(Math.random() * few);
    const values = [IDLE_TTL, sidOf(n), crypto.randomUUID(), crypto.randomUUID(), userOf(n), ROOM];
    const { rowCount } = await client.query({ name: 'refresh', text: TEXT, values });
    if (rowCount !== 1) throw new Error('A session was not refreshed.');
  }
  const after = await fetchedPages(client);
  await client.query('ROLLBACK');
  return after.map((pages, i) => (pages - before[i]) / STATEMENTS);
}

async function fetchedPages(client) {
  const { rows } = await client.query(
    `SELECT pg_stat_get_xact_blocks_fetched(oid) - pg_stat_get_xact_blocks_hit(oid) AS fetched
     FROM unnest($1::regclass[]) WITH ORDINALITY AS relations (oid, place) ORDER BY place`,
    [RELATIONS],
  );
  return rows.map(({ fetched }) => Number(fetched));
}
