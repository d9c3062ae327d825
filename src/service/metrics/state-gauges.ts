import { Counter, Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { AuditTrail, PasswordHasher, RedisConnection, RevocationList } from '../../index.js';
import type { LiveSessions } from './live-sessions.js';

export interface ObservedParts {
  database: DataSource;
  hasher: PasswordHasher & { load?: { active: number; waiting: number } };
  revocations: RevocationList & { size?: number; staleness?: number };
  trail: AuditTrail | undefined;
  redis: RedisConnection | undefined;
  sessions: LiveSessions;
}

interface Pool {
  totalCount: number;
  idleCount: number;
  waitingCount: number;
}

/** Gauges that are read only when metrics are collected, and cost nothing otherwise. */
export function gaugeState(registry: Registry, parts: ObservedParts): void {
  const { database, hasher, revocations, trail, redis, sessions } = parts;
  const gauge = (name: string, help: string, read: () => number | undefined | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set((await read()) ?? 0);
      },
    });

  // Registered before the session count, which itself uses a connection.
  gaugePool(registry, (database.driver as unknown as { master: Pool }).master);
  gauge(
    'latchkey_sessions_live',
    'Live sessions of all instances; up to 30 s old, and an estimate above about 20,000.',
    () => sessions.count(),
  );
  gauge('latchkey_hashing_active', 'Passwords being hashed or verified.', () => hasher.load?.active);
  gauge(
    'latchkey_hashing_waiting',
    'Passwords waiting to be hashed or verified.',
    () => hasher.load?.waiting,
  );
  gauge('latchkey_revocations_held', 'Revocations held in memory.', () => revocations.size);
  gauge(
    'latchkey_revocation_lag_seconds',
    'Seconds since this instance last knew all revocations.',
    () => revocations.staleness,
  );
  if (redis)
    gauge('latchkey_redis_up', '1 if Redis accepts writes, 0 if this instance works without it.', async () =>
      Number(await redis.works()),
    );
  gauge('latchkey_audit_waiting', 'Events waiting to be written to the audit trail.', () => trail?.waiting);
  counter(registry, () => trail?.dropped ?? 0);
}

function counter(registry: Registry, read: () => number): void {
  const dropped = new Counter({
    name: 'latchkey_audit_dropped_total',
    help: 'Events lost from the audit trail because the database was unavailable for too long.',
    registers: [registry],
    collect() {
      dropped.reset();
      dropped.inc(read());
    },
  });
}

function gaugePool(registry: Registry, pool: Pool): void {
  const connections = new Gauge({
    name: 'latchkey_database_connections',
    help: 'Connections in the pool: all of them, the idle ones, and calls waiting for one.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      // For a moment, a call waits although a connection is idle: those of the other gauges that are read now.
      await new Promise(setImmediate);
      connections.set({ state: 'total' }, pool.totalCount);
      connections.set({ state: 'idle' }, pool.idleCount);
      connections.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
}
