import { Gauge, type Registry } from 'prom-client';
import type { Readiness } from '../health/readiness.js';

/** Asked when metrics are collected, with the proof of the readiness check, so it costs as little. */
export function gaugeReadiness(registry: Registry, readiness: Readiness): void {
  const gauge = new Gauge({
    name: 'latchkey_ready',
    help: '1 if a session could be written and a token signed, else 0; also 0 while the service stops.',
    registers: [registry],
    async collect() {
      gauge.set(
        await readiness.check().then(
          () => 1,
          () => 0,
        ),
      );
    },
  });
}
