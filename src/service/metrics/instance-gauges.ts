import { Gauge, type Registry } from 'prom-client';
import type { AuthInstances } from '../../index.js';

/** How many instances there are, and which of their secrets are not used yet. Read when metrics are collected. */
export function gaugeInstances(registry: Registry, instances: AuthInstances): void {
  const count = new Gauge({
    name: 'latchkey_instances',
    help: 'Running instances that share the tables, as this one knows them.',
    registers: [registry],
    collect(): void {
      count.set(instances.count);
    },
  });
  const waiting = new Gauge({
    name: 'latchkey_secret_waiting',
    help: '1 while this instance uses an older secret because another instance does not know the newest one.',
    labelNames: ['secret'],
    registers: [registry],
    collect() {
      for (const [secret, waits] of Object.entries(instances.waiting)) waiting.set({ secret }, Number(waits));
    },
  });
}
