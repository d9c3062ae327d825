import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.js';

/** What happens to all instances at the same time. */
export const SHARED_FAULTS: Fault[] = [
  {
    name: 'a failover to the standby',
    keepsFromDatabase: true,
    weight: 4,
    lasts: [0, 2_000],
    begin: (cluster) => cluster.postgres.failOver(),
  },
  {
    name: 'PostgreSQL crashes and comes back',
    keepsFromDatabase: true,
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
    keepsFromDatabase: true,
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
    keepsFromDatabase: true,
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
