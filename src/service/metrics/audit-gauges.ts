import { Gauge, type Registry } from 'prom-client';
import type { AuditExport, AuditReceiverStatus } from '../../index.js';

/** What is known of each receiver, on all instances together. */
const GAUGES: [name: string, help: string, read: (receiver: AuditReceiverStatus) => number][] = [
  [
    'lag_seconds',
    'Seconds since the oldest event happened that an audit receiver has not got.',
    ({ lagSeconds }) => lagSeconds,
  ],
  [
    'failing_seconds',
    'Seconds since an audit receiver last took events, if attempts fail; else 0.',
    ({ failingSince }) => (failingSince ? Math.max(0, (Date.now() - failingSince.getTime()) / 1_000) : 0),
  ],
  ['delivered', 'Events that an audit receiver has got, by all instances.', ({ delivered }) => delivered],
  [
    'failed',
    'Attempts to deliver to an audit receiver that failed, by all instances.',
    ({ failed }) => failed,
  ],
  ['dead_letters', 'Events that an audit receiver did not take.', ({ deadLetters }) => deadLetters],
  ['lost', 'Events deleted at twice the retention before an audit receiver got them.', ({ lost }) => lost],
];

/** Gauges of all receivers that have a cursor: also one that is configured no more or read by a command can be behind. */
export function gaugeReceivers(registry: Registry, audit: AuditExport): void {
  let reading: Promise<AuditReceiverStatus[] | undefined> | undefined;
  // One query for all gauges, which are collected together. While the database is unavailable, they keep their values.
  const readAll = () =>
    (reading ??= audit
      .receivers()
      .catch(() => undefined)
      .finally(() => (reading = undefined)));
  for (const [name, help, read] of GAUGES) {
    const gauge = new Gauge({
      name: `latchkey_audit_receiver_${name}`,
      help,
      labelNames: ['receiver'],
      registers: [registry],
      async collect() {
        const receivers = await readAll();
        if (!receivers) return;
        gauge.reset(); // a receiver that was removed has no value
        for (const receiver of receivers) gauge.set({ receiver: receiver.name }, read(receiver));
      },
    });
  }
}
