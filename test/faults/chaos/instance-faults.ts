import type { Random } from '../support/random.js';
import type { Cluster } from './cluster.js';
import type { Fault } from './fault.js';

const instanceOf = (cluster: Cluster, random: Random) => random.of(cluster.instances)!;
const OFFSETS = [-3_600, -600, -30, 30, 600, 3_600];

/** What happens to instances, and to their networks. */
export const INSTANCE_FAULTS: Fault[] = [
  {
    name: 'an instance is killed (kill -9)',
    keepsFromDatabase: true,
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
    keepsFromDatabase: true,
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
    setsClock: true,
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
    keepsFromDatabase: true,
    weight: 4,
    lasts: [500, 8_000],
    begin: (cluster, random) => {
      const { database } = instanceOf(cluster, random).networks;
      for (const proxy of database) proxy.goSilent();
      return () => database.forEach((proxy) => proxy.heal());
    },
  },
  {
    // Long enough for it to know that it no longer knows enough.
    name: 'an instance is cut off from PostgreSQL and Redis',
    keepsFromDatabase: true,
    weight: 2,
    lasts: [4_000, 14_000],
    begin: (cluster, random) => {
      const { database, redis } = instanceOf(cluster, random).networks;
      const proxies = [...database, redis];
      for (const proxy of proxies) proxy.goSilent();
      return () => proxies.forEach((proxy) => proxy.heal());
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
    keepsFromDatabase: true,
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
    keepsFromDatabase: true,
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
