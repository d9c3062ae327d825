// The same work with few sessions and with many. All tables are filled first, then measured in turns.
import { withClient } from '../lib/database.js';
import { withoutIndexes } from '../lib/indexes.js';
import { plansOf } from '../lib/plans.js';
import { startContender } from '../lib/processes.js';
import { inTurns } from '../lib/rounds.js';
import { addSessions } from '../lib/session-rows.js';
import { settings } from '../lib/settings.js';
import { describeStatement } from '../lib/statement-cost.js';
import { compared } from '../lib/stats.js';

const KINDS = ['refresh', 'session start', 'list'];
const EXPIRED = settings.size(20_000, 1_000);

export const title = 'Scale, without HTTP, 16 at a time, any session of the table';

export async function run({ database }) {
  const tables = [];
  for (const count of settings.scale) tables.push(await filled(await database.create(), count));
  const cells = KINDS.flatMap((kind) =>
    tables.map(({ contender, label }) => ({
      name: `${kind}, ${label}`,
      measure: (seconds = settings.seconds) =>
        contender.ask('work', { kind, seconds: settings.smoke ? 0.1 : seconds }),
    })),
  );
  // The largest first, because it would push the others out.
  for (const { databaseUrl } of tables.toReversed()) await withClient(databaseUrl, warmUp);
  const results = await inTurns('scale', cells);
  const notes = [await withClient(tables[0].databaseUrl, memoryOf), ...(await describeStatement(tables))];
  const plans = {};
  for (const { contender, label, databaseUrl, count } of tables) {
    plans[label] = await withClient(databaseUrl, (client) => plansOf(client, count));
    const { ms, deleted } = await contender.ask('cleanUp');
    notes.push(
      `Cleanup next to ${label} sessions: ${ms.toFixed(1)} ms for each 1000 rows (${deleted} deleted)`,
    );
  }
  return {
    results,
    notes,
    plans,
    targets: tables.slice(1).map((table) => target(results, tables[0], table)),
  };
}

async function filled(databaseUrl, count) {
  const label = count.toLocaleString('en').replaceAll(',', ' ');
  const contender = await startContender('sessions', { databaseUrl, count });
  await withClient(databaseUrl, async (client) => {
    await withoutIndexes(client, async () => {
      await addSessions(client, { count, what: `scale: ${label} sessions` });
      await addSessions(client, { count: EXPIRED, first: count, expired: true, what: 'scale: expired ones' });
    });
    await client.query('VACUUM ANALYZE');
    await client.query('CHECKPOINT');
  });
  return { databaseUrl, contender, count, label };
}

/** As in a server that has been running for a while: what fits is in its buffers, the rest in the system's cache. */
async function warmUp(client) {
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_prewarm');
  await client.query(
    `SELECT pg_prewarm(oid) FROM pg_class WHERE oid IN ('users'::regclass, 'refresh_tokens'::regclass)
       OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid IN ('users'::regclass, 'refresh_tokens'::regclass))`,
  );
}

async function memoryOf(client) {
  const { rows } = await client.query(
    `SELECT current_setting('shared_buffers') AS buffers, current_setting('huge_pages_status') AS huge`,
  );
  return `PostgreSQL's shared buffers: ${rows[0].buffers}, huge pages ${rows[0].huge}`;
}

function target(results, small, large) {
  const of = ({ label }) => results[`refresh, ${label}`];
  return {
    what: `refresh cost, ${large.label} sessions / ${small.label}`,
    value: compared(of(small), of(large)).value,
    atMost: 1.25,
    unit: ' x',
  };
}
