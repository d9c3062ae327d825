// Tables of sessions that live through the same month, each in a database of its own.
import { Client } from 'pg';
import { withClient } from './database.js';
import { byExpiry, byHash } from './partitions.js';
import { People } from './people.js';
import { startContender } from './processes.js';
import { connectionsOf, runTime } from './server-time.js';
import { prepareClock } from './simulated-clock.js';

/** Of each table, so that the database always has something to do. */
const CONNECTIONS = 8;

const storage = (parameters) => (client) => client.query(`ALTER TABLE refresh_tokens SET (${parameters})`);

/** Filled at the beginning. The first one is what the others are compared with: the machine slows it down as much. */
export const LEFT_ALONE = [
  { name: 'left alone' },
  { name: '32 ranges, left alone', change: (client) => byExpiry(client, 32) },
];

export const LIVING = [
  { name: 'as migrated' },
  { name: 'vacuum at 2%', change: storage('autovacuum_vacuum_scale_factor = 0.02') },
  { name: 'fill factor 100', change: storage('fillfactor = 100') },
  { name: '16 hash partitions', change: (client) => byHash(client, 16) },
];

export async function filled(databaseUrl, { name, change }, sessions) {
  await prepareClock(databaseUrl);
  // It migrates, and has the product's cleanup.
  const contender = await startContender('sessions', { databaseUrl, count: 0 });
  if (change) await withClient(databaseUrl, change);
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => connected(databaseUrl)));
  const people = new People(clients, sessions);
  await people.settle();
  await clients[0].query('VACUUM ANALYZE');
  return {
    name,
    people,
    cleanUp: () => cleanUp(contender, clients),
    client: clients[0],
    async close() {
      for (const client of clients) await client.end();
      await contender.stop();
    },
  };
}

/** The product's cleanup; `cpu` is PostgreSQL's processor time for it, in microseconds. */
async function cleanUp(contender, clients) {
  const ours = new Set(clients.map(({ processID }) => processID));
  const ran = async () => {
    const pids = (await connectionsOf(clients[0])).filter((pid) => !ours.has(pid));
    return new Map(pids.map((pid) => [pid, runTime(pid)]));
  };
  const before = await ran();
  const { deleted, ms } = await contender.ask('cleanUp');
  const cpu = [...(await ran())].reduce((sum, [pid, ns]) => sum + ns - (before.get(pid) ?? 0), 0) / 1000;
  return { deleted, ms, cpu: (cpu * 1000) / deleted };
}

/** Commits do not wait for the disk, whose speed changes more than that of anything else here. */
async function connected(connectionString) {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query('SET synchronous_commit = off');
  return client;
}
