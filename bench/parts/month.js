// A month of logins, refreshes, logouts and expiries in minutes: does the table of sessions stay as small and as fast as
// it was, and would storage parameters or hash partitions change that?
import { withClient } from '../lib/database.js';
import { filled, LEFT_ALONE, LIVING } from '../lib/month-tables.js';
import { rotateAlone } from '../lib/people.js';
import { Progress } from '../lib/progress.js';
import { runTime } from '../lib/server-time.js';
import { settings } from '../lib/settings.js';
import { median } from '../lib/stats.js';
import { stateOf, warmUp } from '../lib/table-state.js';

const SESSIONS = settings.size(settings.monthSessions, 600);
const DAYS = settings.size(settings.monthDays, 2);
const REPORTED = settings.smoke ? [1, 2] : [1, 10, 20, DAYS];
const ROUNDS = settings.size(7, 1);
const REFRESHES = settings.size(200, 20);

export const title = `A month of ${SESSIONS} sessions, in simulated days`;

export async function run({ database }) {
  const databaseUrl = await database.create();
  await withClient(databaseUrl, (client) => vacuumByTheSecond(client, true));
  try {
    const fill = async (kinds) => {
      const tables = [];
      for (const kind of kinds) tables.push(await filled(await database.create(), kind, SESSIONS));
      return tables;
    };
    const [leftAlone, living] = [await fill(LEFT_ALONE), await fill(LIVING)];
    const days = await live(leftAlone, living);
    const vacuumed = await vacuumAll(living);
    for (const table of [...leftAlone, ...living]) await table.close();
    return { results: {}, notes: [...lines(days), ...vacuumed], days };
  } finally {
    await withClient(databaseUrl, (client) => vacuumByTheSecond(client, false));
  }
}

/** A real month has 43 000 minutes, which is how often PostgreSQL looks for tables to vacuum. Here, a day takes seconds. */
async function vacuumByTheSecond(client, on) {
  await client.query(
    on ? `ALTER SYSTEM SET autovacuum_naptime = '1s'` : 'ALTER SYSTEM RESET autovacuum_naptime',
  );
  await client.query('SELECT pg_reload_conf()');
}

async function live(leftAlone, living) {
  const progress = new Progress('month', DAYS);
  const reports = [];
  let cleanups = new Map();
  for (let day = 1; day <= DAYS; day++) {
    progress.step(`day ${day}`);
    for (const table of day % 2 === 0 ? living : living.toReversed()) {
      await table.people.liveThrough(day - 1);
      const { deleted, cpu } = await table.cleanUp();
      if (deleted > 0) cleanups.set(table, [...(cleanups.get(table) ?? []), cpu / 1000]);
    }
    if (!REPORTED.includes(day)) continue;
    reports.push(...(await report([...leftAlone, ...living], day, cleanups)));
    cleanups = new Map();
  }
  progress.end();
  return reports;
}

/** Rotations of all tables take turns. Each table's are compared with those of the first one in the same round. */
async function report(tables, day, cleanups) {
  const states = new Map();
  for (const table of tables) states.set(table, await stateOf(table.client));
  const rounds = new Map(tables.map((table) => [table, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const table of round % 2 === 0 ? tables : tables.toReversed())
      rounds.get(table).push(await rotationTime(table));
  const first = rounds.get(tables[0]);
  return tables.map((table) => {
    const state = states.get(table);
    const [updates, hot] = ['updates', 'hot'].map((figure) => state[figure] - (table.before?.[figure] ?? 0));
    table.before = state;
    return {
      table: table.name,
      day,
      ...state,
      hotShare: updates > 0 ? hot / updates : undefined,
      us: median(rounds.get(table).map(({ us }) => us)),
      cpu: median(rounds.get(table).map(({ cpu }) => cpu)),
      ofFirst: median(rounds.get(table).map(({ us }, i) => us / first[i].us)),
      cpuOfFirst: median(rounds.get(table).map(({ cpu }, i) => cpu / first[i].cpu)),
      // PostgreSQL's processor time for 1000 rows, since the last report.
      cleanupMs: cleanups.has(table) ? median(cleanups.get(table)) : undefined,
    };
  });
}

/**
 * Microseconds of one refresh after another on one connection: the median, and PostgreSQL's own processor time for each.
 * The latter tells more on a busy machine, where a statement waits for a core.
 */
async function rotationTime({ client, people }) {
  await warmUp(client);
  const pid = client.processID;
  const times = [];
  const ranBefore = runTime(pid);
  for (const session of people.some(REFRESHES)) {
    const began = performance.now();
    await rotateAlone(client, session);
    times.push((performance.now() - began) * 1000);
  }
  return { us: median(times), cpu: (runTime(pid) - ranBefore) / 1000 / REFRESHES };
}

async function vacuumAll(tables) {
  const lines = [];
  for (const { name, client } of tables) {
    const before = runTime(client.processID);
    await client.query('VACUUM refresh_tokens');
    const ms = (runTime(client.processID) - before) / 1e6;
    lines.push(`VACUUM at the end, ${name}: ${ms.toFixed(0)} ms of processor time`);
  }
  return lines;
}

function lines(days) {
  const nameOf = ({ table }) => table.padEnd(22);
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1).padStart(6);
  const columns = days.map((one) => [
    nameOf(one),
    `day ${String(one.day).padStart(2)}`,
    `table ${megabytes(one.heap)} MB`,
    `indexes ${megabytes(one.indexes)} MB`,
    `revocations ${megabytes(one.revocations)} MB`,
    `dead ${String(one.dead).padStart(6)} of ${String(one.live).padStart(6)}`,
    `HOT ${one.hotShare === undefined ? '     –' : `${(one.hotShare * 100).toFixed(1).padStart(5)}%`}`,
    `refresh ${one.us.toFixed(0).padStart(4)} us (${one.ofFirst.toFixed(2)}x), ` +
      `processor ${one.cpu.toFixed(0).padStart(4)} us (${one.cpuOfFirst.toFixed(2)}x)`,
    `cleanup ${one.cleanupMs === undefined ? '–' : `${one.cleanupMs.toFixed(1)} ms for 1000`}`,
    `vacuums ${one.vacuums}`,
  ]);
  const order = [...new Set(days.map(nameOf))];
  return columns
    .toSorted((a, b) => order.indexOf(a[0]) - order.indexOf(b[0]))
    .map((column) => column.join('  '));
}
