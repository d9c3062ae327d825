import { Counter, Gauge, type Registry } from 'prom-client';
import type { Mails, MailStats, MailWorker } from '../../index.js';

const GAUGES: [name: string, help: string, read: (stats: MailStats) => number][] = [
  ['queued', 'Mails that wait in the outbox, of all instances.', ({ queued }) => queued],
  [
    'oldest_seconds',
    'Seconds since the oldest waiting mail was written.',
    ({ oldestSeconds }) => oldestSeconds,
  ],
  ['given_up', 'Mails that were given up and not retried, of all instances.', ({ failed }) => failed],
];

/** What waits, and what this process has sent. Without mails, there are no such metrics. */
export function gaugeMails(registry: Registry, mails: Mails, worker: MailWorker | undefined): void {
  if (!worker) return;
  let reading: Promise<MailStats | undefined> | undefined;
  // One query for all gauges, which are collected together. While the database is unavailable, they keep their values.
  const read = () =>
    (reading ??= mails
      .stats()
      .catch(() => undefined)
      .finally(() => (reading = undefined)));
  for (const [name, help, valueOf] of GAUGES) {
    const gauge = new Gauge({
      name: `latchkey_mails_${name}`,
      help,
      registers: [registry],
      async collect() {
        const stats = await read();
        if (stats) gauge.set(valueOf(stats));
      },
    });
  }
  const sent = new Counter({
    name: 'latchkey_mails_sent_total',
    help: 'Mails that the mail server has taken from this process.',
    registers: [registry],
    collect() {
      sent.reset();
      sent.inc(worker.counts.sent);
    },
  });
}
