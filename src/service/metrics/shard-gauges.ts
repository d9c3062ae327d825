import { Gauge, type Registry } from 'prom-client';
import type { SessionShards } from '../../index.js';

/** Which shards answer. Read when metrics are collected. */
export function gaugeShards(registry: Registry, shards: SessionShards): void {
  const up = new Gauge({
    name: 'latchkey_shard_up',
    help: '1 if a shard of sessions has answered this instance in the last few seconds.',
    labelNames: ['shard'],
    registers: [registry],
    collect() {
      for (const { number, up: isUp } of shards.states) up.set({ shard: number }, Number(isUp));
    },
  });
}
