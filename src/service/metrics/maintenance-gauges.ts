import { Counter, Gauge, type Registry } from 'prom-client';
import type { AlertWebhook } from '../../alerts/alert-webhook.js';
import type { DatabaseNotifications } from '../../database/notifications.js';
import type { Cleanup, KeyRing, KeyRotation } from '../../index.js';
import { packageVersion } from '../../settings/package-version.js';

const NO_WEBHOOK = { delivered: 0, failed: 0, dropped: 0 };

/** What must go on in the background. All of it is known in memory: collecting asks no database. */
export function gaugeMaintenance(
  registry: Registry,
  notifications: DatabaseNotifications,
  cleanup: Cleanup,
  ring: KeyRing | undefined,
  rotation: KeyRotation | undefined,
  webhook: AlertWebhook | undefined,
): void {
  const registers = [registry];
  const build = new Gauge({
    name: 'latchkey_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node'],
    registers,
  });
  build.set({ version: packageVersion(), node: process.versions.node }, 1);
  if (!notifications.isDeaf)
    gauge(
      registry,
      'latchkey_database_listen_up',
      '1 if this instance receives notifications from PostgreSQL, 0 if it only reads at intervals.',
      () => Number(notifications.connected),
    );
  gaugeKeys(registry, ring, rotation);
  gaugeCleanup(registry, cleanup);
  count(
    registry,
    'latchkey_webhook_deliveries_total',
    'Alerts sent to the webhook; "dropped": too many were waiting, or the service stopped.',
    'outcome',
    () => webhook?.counts ?? NO_WEBHOOK,
  );
}

/** Keys from secrets or files have no age. */
function gaugeKeys(registry: Registry, ring: KeyRing | undefined, rotation: KeyRotation | undefined): void {
  gauge(
    registry,
    'latchkey_signing_keys',
    'Keys that may sign now; with 0, nobody can log in or refresh.',
    () => ring?.signingState().usable ?? 1,
  );
  if (!ring || !rotation) return;
  gauge(
    registry,
    'latchkey_signing_key_age_seconds',
    'Seconds since the key that signs became active.',
    () => ring.signingState().age,
  );
  gauge(
    registry,
    'latchkey_signing_key_rotation_seconds',
    'The age at which another key takes over.',
    () => rotation.rotateEvery,
  );
}

function gaugeCleanup(registry: Registry, cleanup: Cleanup): void {
  if (cleanup.isAutomatic)
    gauge(
      registry,
      'latchkey_cleanup_age_seconds',
      'Seconds since this instance last completed a cleanup, or since it started.',
      () => cleanup.age,
    );
  count(registry, 'latchkey_cleanup_rows_total', 'Expired rows deleted by this instance.', undefined, () => ({
    rows: cleanup.counts.rows,
  }));
  count(registry, 'latchkey_cleanup_failures_total', 'Cleanups that failed.', undefined, () => ({
    failures: cleanup.counts.failures,
  }));
}

/** Has no value while `read` returns `undefined`. */
function gauge(registry: Registry, name: string, help: string, read: () => number | undefined): void {
  const made = new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const value = read();
      if (value === undefined) made.remove();
      else made.set(value);
    },
  });
}

/** A counter of what is counted elsewhere, with a series for each member of `read()` if it has a label. */
function count(
  registry: Registry,
  name: string,
  help: string,
  label: string | undefined,
  read: () => Record<string, number>,
): void {
  const made = new Counter({
    name,
    help,
    labelNames: label ? [label] : [],
    registers: [registry],
    collect() {
      made.reset();
      for (const [value, number] of Object.entries(read())) made.inc(label ? { [label]: value } : {}, number);
    },
  });
}
