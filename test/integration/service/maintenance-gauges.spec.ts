import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { AlertWebhook } from '../../../src/alerts/alert-webhook.js';
import { DatabaseNotifications } from '../../../src/database/notifications.js';
import { Cleanup, KeyRing, KeyRotation, RefreshToken, UnavailableError } from '../../../src/index.js';
import { gaugeMaintenance } from '../../../src/service/metrics/maintenance-gauges.js';
import { type DatabaseGate, openGate } from '../../support/database-gate.js';
import { newEmail, PASSWORD } from '../../support/client.js';
import { type Host, startHost } from '../../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';
import { seriesNames, valueOf } from '../../support/promql.js';
import { until } from '../../support/until.js';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')) as {
  version: string;
};
const DAY = 86_400;

describe('the metrics of what goes on in the background', () => {
  let database: TestDatabase;
  let gate: DatabaseGate;
  let host: Host;
  const registry = new Registry();
  const page = () => registry.metrics();
  const value = async (series: string) => valueOf(await page(), series);
  beforeAll(async () => {
    database = await createMigratedDatabase();
    gate = await openGate(database.url);
    host = await startHost({
      databaseUrl: gate.url,
      options: { jwt: { keyRing: { encryptionSecret: randomBytes(48).toString('base64url') } } as never },
    });
    const { app } = host;
    gaugeMaintenance(
      registry,
      app.get(DatabaseNotifications, { strict: false }),
      app.get(Cleanup),
      app.get(KeyRing),
      app.get(KeyRotation),
      app.get(AlertWebhook),
    );
  });
  afterAll(async () => {
    await host.close();
    await gate.close();
    await database.drop();
  });

  it('say which version runs, on which Node', async () => {
    const series = `latchkey_build_info{version="${version}",node="${process.versions.node}"}`;
    expect(await value(series)).toBe(1);
  });

  it('show the age of the key that signs, and how old it may become', async () => {
    expect(await value('latchkey_signing_keys')).toBe(1);
    expect(await value('latchkey_signing_key_age_seconds')).toBeLessThan(60);
    expect(await value('latchkey_signing_key_rotation_seconds')).toBe(30 * DAY);
    await host.database.query(`UPDATE signing_keys SET active_at = active_at - interval '40 days'`);
    await host.app.get(KeyRing).load();
    expect(Math.round((await value('latchkey_signing_key_age_seconds')) / DAY)).toBe(40);
  });

  it('show that no key can sign', async () => {
    host.app.get(KeyRotation).onModuleDestroy(); // which would make another key within seconds
    await host.database.query('UPDATE signing_keys SET retired_at = now()');
    await host.app.get(KeyRing).load();
    expect(await value('latchkey_signing_keys')).toBe(0);
    expect(seriesNames(await page())).not.toContain('latchkey_signing_key_age_seconds');
    await host.database.query('UPDATE signing_keys SET retired_at = NULL');
    await host.app.get(KeyRing).load();
    expect(await value('latchkey_signing_keys')).toBe(1);
  });

  it('show that notifications are not received, and that they are again', async () => {
    expect(await value('latchkey_database_listen_up')).toBe(1);
    await gate.refuse();
    await until(async () => (await value('latchkey_database_listen_up')) === 0);
    await gate.open();
    await until(async () => (await value('latchkey_database_listen_up')) === 1);
  });

  it('count the rows that a cleanup deletes, and the cleanups that fail', async () => {
    const cleanup = host.app.get(Cleanup);
    await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    await host.database
      .getRepository(RefreshToken)
      .query(
        `UPDATE refresh_tokens SET absolute_expires_at = now() - interval '1 year', expires_at = now() - interval '1 year'`,
      );
    const waited = await value('latchkey_cleanup_age_seconds');
    expect(waited).toBeGreaterThan(0);
    await cleanup.run();
    expect(await value('latchkey_cleanup_rows_total')).toBe(1);
    expect(await value('latchkey_cleanup_age_seconds')).toBeLessThan(waited);
    expect(await value('latchkey_cleanup_failures_total')).toBe(0);
    await gate.refuse();
    await expect(cleanup.run()).rejects.toThrow(UnavailableError);
    await gate.open();
    expect(await value('latchkey_cleanup_failures_total')).toBe(1);
    expect(await value('latchkey_cleanup_rows_total')).toBe(1);
  });

  it('have a series for each end of a delivery, also without a webhook', async () => {
    for (const outcome of ['delivered', 'failed', 'dropped'])
      expect(await value(`latchkey_webhook_deliveries_total{outcome="${outcome}"}`)).toBe(0);
  });
});

it('where nothing is expected, no gauge says that it is missing', async () => {
  const host = await startHost({ options: { cleanupEvery: '0s' } });
  try {
    const registry = new Registry();
    const deaf = { isDeaf: true, connected: false } as DatabaseNotifications; // behind a pooler in transaction mode
    gaugeMaintenance(registry, deaf, host.app.get(Cleanup), undefined, undefined, undefined);
    const page = await registry.metrics();
    expect(page).not.toMatch(/listen_up|cleanup_age|key_age/);
    expect(valueOf(page, 'latchkey_signing_keys')).toBe(1); // of a secret, which has no age
  } finally {
    await host.close();
  }
});
