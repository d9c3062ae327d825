import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../support/random.js';
import type { Cluster } from './cluster.js';

/** What it takes to be over. */
export type End = () => Promise<unknown> | unknown;

/** Something that goes wrong, or that operators do, in a running cluster. */
export interface Fault {
  name: string;
  /** How often it is chosen, in comparison with the others of its list. */
  weight: number;
  /** Between its begin and its end, in milliseconds. */
  lasts: [least: number, most: number];
  /** Requests may wait for its end, because nobody is there to answer them. */
  holds?: true;
  begin(cluster: Cluster, random: Random): Promise<End> | End;
}

const instanceOf = (cluster: Cluster, random: Random) => random.of(cluster.instances)!;
const OFFSETS = [-3_600, -600, -30, 30, 600, 3_600];

/** What happens to instances, and to their networks. */
export const INSTANCE_FAULTS: Fault[] = [
  {
    name: 'an instance is killed (kill -9)',
    weight: 6,
    lasts: [0, 2_000],
    begin: async (cluster, random) => {
      const instance = instanceOf(cluster, random);
      await instance.end('SIGKILL');
      return () => instance.start();
    },
  },
  {
    name: 'an instance is paused (SIGSTOP)',
    weight: 4,
    lasts: [500, 6_000],
    holds: true,
    begin: (cluster, random) => {
      const instance = instanceOf(cluster, random);
      instance.signal('SIGSTOP');
      return () => instance.signal('SIGCONT');
    },
  },
  {
    name: 'the clock of an instance jumps, and later back',
    weight: 4,
    lasts: [3_000, 8_000],
    begin: (cluster, random) => {
      const instance = instanceOf(cluster, random);
      instance.setClock(random.of(OFFSETS)!);
      return () => instance.setClock(0);
    },
  },
  {
    name: 'an instance is cut off from PostgreSQL',
    weight: 4,
    lasts: [500, 8_000],
    begin: (cluster, random) => {
      const { database } = instanceOf(cluster, random).networks;
      for (const proxy of database) proxy.goSilent();
      return () => database.forEach((proxy) => proxy.heal());
    },
  },
  {
    name: 'an instance is cut off from Redis',
    weight: 2,
    lasts: [500, 4_000],
    begin: (cluster, random) => {
      const { redis } = instanceOf(cluster, random).networks;
      redis.goSilent();
      return () => redis.heal();
    },
  },
  {
    name: 'an instance is restarted (SIGTERM) during a migration',
    weight: 2,
    lasts: [0, 500],
    begin: async (cluster, random) => {
      const instance = instanceOf(cluster, random);
      const migration = cluster.cli('migrate');
      await instance.end('SIGTERM');
      return Promise.resolve(() => Promise.all([instance.start(), migration]));
    },
  },
  {
    name: 'all secrets change, in a rolling restart',
    weight: 1,
    lasts: [0, 0],
    begin: (cluster) => {
      cluster.secrets.change();
      return async () => {
        for (const instance of cluster.instances) {
          await instance.end('SIGTERM');
          await instance.start();
        }
      };
    },
  },
];

/** What happens to all instances at the same time. */
export const SHARED_FAULTS: Fault[] = [
  {
    name: 'a failover to the standby',
    weight: 4,
    lasts: [0, 2_000],
    begin: (cluster) => cluster.postgres.failOver(),
  },
  {
    name: 'PostgreSQL crashes and comes back',
    weight: 2,
    lasts: [0, 2_000],
    begin: (cluster) => cluster.postgres.crash(),
  },
  {
    name: 'the standby is frozen, and with it every commit',
    weight: 2,
    lasts: [500, 4_000],
    begin: (cluster) => cluster.postgres.freezeStandby(),
  },
  {
    name: 'all connections of PostgreSQL are terminated',
    weight: 2,
    lasts: [0, 0],
    begin: async (cluster) => {
      await cluster.postgres.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'latchkey'`,
      );
      return () => undefined;
    },
  },
  {
    name: 'PgBouncer is restarted',
    weight: 2,
    lasts: [0, 1_500],
    begin: async (cluster) => {
      await cluster.pooler.kill();
      return () => cluster.pooler.restart();
    },
  },
  {
    name: 'Redis is killed and comes back empty',
    weight: 2,
    lasts: [0, 3_000],
    begin: async (cluster) => {
      await cluster.redis.kill();
      return () => cluster.redis.restart();
    },
  },
  {
    name: 'Redis hangs (SIGSTOP)',
    weight: 2,
    lasts: [500, 4_000],
    begin: (cluster) => {
      cluster.redis.process.kill('SIGSTOP');
      return () => cluster.redis.process.kill('SIGCONT');
    },
  },
  {
    name: 'the signing key is rotated',
    weight: 2,
    lasts: [0, 0],
    begin: async (cluster) => {
      await cluster.cli('keys', 'rotate');
      return () => undefined;
    },
  },
  {
    name: 'a migration adds a column and an index, and is reverted',
    weight: 2,
    lasts: [500, 3_000],
    begin: async ({ postgres }) => {
      await postgres.query('ALTER TABLE refresh_tokens ADD COLUMN IF NOT EXISTS of_later text');
      await postgres.query('CREATE INDEX CONCURRENTLY IF NOT EXISTS of_later ON refresh_tokens (of_later)');
      return () => postgres.query('ALTER TABLE refresh_tokens DROP COLUMN of_later');
    },
  },
  {
    name: 'answers to clients are lost',
    weight: 3,
    lasts: [0, 0],
    begin: async ({ entrance }) => {
      for (let n = 0; n < 20; n++) {
        entrance.cutNextAnswer();
        await sleep(100);
      }
      return () => undefined;
    },
  },
];
