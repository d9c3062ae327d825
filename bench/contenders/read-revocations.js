// What an instance does with the revocations when it starts, and nothing else.
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { authEntities } from '../../dist/index.js';
import { RevocationIndex } from '../../dist/revocation/revocation-index.js';
import { RevocationReader } from '../../dist/revocation/revocation-reader.js';
import { RevocationStore } from '../../dist/revocation/revocation.store.js';
import { options, ready } from '../lib/contender.js';
import { cpuSeconds } from '../lib/cpu-time.js';

const source = new DataSource({
  type: 'postgres',
  url: options.databaseUrl,
  entities: authEntities,
  poolSize: 1,
});
await source.initialize();
const [{ backend }] = await source.query('SELECT pg_backend_pid() AS backend');
const ownSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

ready(
  {},
  {
    /** Seconds: in all, and of processor time by PostgreSQL, by this process, and for remembering what was read. */
    read: async () => {
      const index = new RevocationIndex(Date.now);
      let remember = 0;
      const learn = (records) => {
        const before = ownSeconds();
        index.addRecords(records);
        remember += ownSeconds() - before;
      };
      const reader = new RevocationReader(new RevocationStore(source, 900), { learn, log: () => undefined });
      const [began, database, own] = [performance.now(), cpuSeconds(backend), ownSeconds()];
      await reader.read();
      return {
        count: index.size,
        seconds: (performance.now() - began) / 1000,
        database: cpuSeconds(backend) - database,
        own: ownSeconds() - own,
        remember,
      };
    },
  },
);
