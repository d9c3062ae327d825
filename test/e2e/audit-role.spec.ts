import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { AuditTrail, Cleanup } from '../../src/index.js';
import { migrate } from '../../src/settings/database.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';

const DOCS = readFileSync(join(import.meta.dirname, '../../docs/audit.md'), 'utf8');
const [, GRANTS = ''] = /```sql\n(.*?)```/s.exec(DOCS) ?? [];

/** In the middle of a minute. */
const MOMENT = Date.UTC(2030, 0, 1, 12, 0, 30);

describe('the audit trail with the grants of docs/audit.md', () => {
  const role = `role_${randomBytes(6).toString('hex')}`;
  let database: TestDatabase;
  let owner: DataSource;
  let serviceUrl: string;
  beforeAll(async () => {
    database = await createDatabase();
    await migrate(database.url);
    owner = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD '${role}'`);
    await owner.query(GRANTS.replaceAll('latchkey_service', role));
    const url = new URL(database.url);
    [url.username, url.password] = [role, role];
    serviceUrl = url.href;
  });
  afterAll(async () => {
    await owner.query(`DROP OWNED BY ${role}`);
    await owner.query(`DROP ROLE ${role}`);
    await owner.destroy();
    await database.drop();
  });

  const someEvents = async ({ client }: Pick<Host, 'client'>) => {
    const account = { email: newEmail(), password: PASSWORD };
    const { accessToken: token } = (await client.post('/auth/register', account)).body;
    return (await client.get('/auth/events', { token })).body;
  };

  it('allows adding and reading, but neither changing nor deleting, and the cleanup copes with it', async () => {
    const host = await startHost({ databaseUrl: serviceUrl });
    expect(await someEvents(host)).toMatchObject([{ type: 'registered' }]);
    for (const change of [
      'UPDATE auth_events SET ip = NULL',
      'DELETE FROM auth_events',
      'TRUNCATE auth_events',
    ])
      await expect(host.database.query(change)).rejects.toThrow('permission denied');

    await owner.query(`UPDATE auth_events SET at = now() - interval '91 days'`);
    expect(await host.app.get(Cleanup).run()).toBe(0);
    const count = async () => (await owner.query('SELECT count(*)::int AS count FROM auth_events'))[0].count;
    expect(await count()).toBe(1);
    await host.close();

    const owners = await startHost({ databaseUrl: database.url });
    expect(await owners.app.get(Cleanup).run()).toBe(1);
    expect(await count()).toBe(0);
    await owners.close();
  });

  const junk = async ({ client, app }: Host, times: number) => {
    for (let i = 0; i < times; i++) await client.post('/auth/refresh', { refreshToken: 'junk' });
    await app.get(AuditTrail).flush();
  };
  const counts = () =>
    owner.query(`SELECT sum(count)::int AS events, count(*)::int AS rows FROM auth_events
                 WHERE type = 'refresh-failed'`);

  it('allows counting repeats, and without that privilege repeats are stored uncounted', async () => {
    const host = await startHost({ databaseUrl: serviceUrl, options: { clock: () => MOMENT } });
    await junk(host, 3);
    await junk(host, 4);
    expect(await counts()).toEqual([{ events: 7, rows: 1 }]);
    await host.close();

    await owner.query(`REVOKE UPDATE (count) ON auth_events FROM ${role}`);
    const lines: unknown[] = [];
    const logger = { log() {}, error() {}, warn: (line: unknown) => void lines.push(line) };
    const lesser = await startHost({ databaseUrl: serviceUrl, logger, options: { clock: () => MOMENT } });
    await junk(lesser, 3);
    expect(await counts()).toEqual([{ events: 7, rows: 1 }]);
    expect(lines.filter((line) => String(line).includes('auth_events.count'))).toHaveLength(1);
    await lesser.close();
  });

  it('lets the service itself start once the owner has run the migrations', async () => {
    const service = await startServiceHere(productionSettings(serviceUrl));
    expect(await someEvents(service)).toMatchObject([{ type: 'registered' }]);
    await service.end();
  });
});
