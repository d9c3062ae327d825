// Sessions in several databases: does each server have less to do, and does the whole not get slower?
import { readdirSync, readFileSync } from 'node:fs';
import { startDatabase } from '../lib/database.js';
import { measure, refreshing } from '../lib/load.js';
import { startContender } from '../lib/processes.js';
import { inTurns } from '../lib/rounds.js';
import { compared, median } from '../lib/stats.js';
import { cpuSeconds } from '../lib/cpu-time.js';

const SHARDS = 3;
const PATH = '/auth/refresh';
const ONE = 'One PostgreSQL';
const SEVERAL = `The main one and ${SHARDS} shards`;

export const title = 'Refreshes with sessions in several databases, 32 concurrent sessions';

export async function run({ database }) {
  const shards = [];
  for (let i = 0; i < SHARDS; i++) shards.push(await startDatabase());
  try {
    const urls = [];
    for (const shard of shards) urls.push(await shard.create());
    const servers = [database, ...shards];
    const one = await startContender('latchkey', { databaseUrl: await database.create() });
    const several = await startContender('latchkey', { databaseUrl: await database.create(), shards: urls });
    /** Microseconds of each server for a refresh, by round. */
    const used = { [ONE]: [], [SEVERAL]: [] };
    const cell = (name, contender) => ({
      name,
      measure: async (seconds) => {
        const exchange = await refreshing(contender, PATH);
        const before = servers.map(processorTime);
        const result = await measure(contender, { path: PATH, exchange, seconds });
        used[name].push(
          servers.map((server, i) => ((processorTime(server) - before[i]) * 1e6) / result.requests),
        );
        return result;
      },
    });
    const results = await inTurns('shards', [cell(ONE, one), cell(SEVERAL, several)]);
    const [single, ...spread] = [used[ONE], ...servers.map((_, i) => used[SEVERAL].map((round) => round[i]))];
    const alone = median(single.map(([main]) => main));
    const each = spread.map((rounds) => median(rounds));
    const busiest = Math.max(...each);
    const figures = each.map((us) => `${us.toFixed(0)} us`).join(', ');
    return {
      results,
      notes: [
        `Processor time of PostgreSQL for each refresh: ${alone.toFixed(0)} us alone; with shards ${figures}, the main one first.`,
      ],
      targets: [
        {
          what: 'refreshes a second with shards / without, on the same processors',
          ...compared(results[SEVERAL], results[ONE]),
          atLeast: 0.7,
        },
        {
          what: 'processor time of the busiest server with shards / of the only one',
          value: busiest / alone,
          atMost: 0.5,
        },
      ],
    };
  } finally {
    for (const shard of shards) await shard.stop();
  }
}

/** Seconds of all processes of a server that run now. The connections of a pool stay. */
function processorTime({ pid }) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .reduce((sum, child) => sum + cpuSeconds(child), 0);
}

function parentOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]);
  } catch {
    return undefined; // has ended
  }
}
