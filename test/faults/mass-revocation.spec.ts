import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { until } from '../support/until.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { productionSettings, newAccount, type ServiceProcess, startBuilt } from './support/service.js';
import { PASSWORD } from '../support/client.js';

const ROWS = 200_000;
/** Longer than any look back at a clock would reach. */
const LATE_MS = 33_000;
/** A second until the next look, and the time two instances on busy processors take to read what they find. */
const NEXT_LOOK_MS = 3_000;
/** Of an instance, to read all that ended together. Other work on the machine hardly changes it. */
const PROCESSOR_SECONDS = 1.5;

/** What a process has used so far, as Linux counts it: in hundredths of a second. */
function processorSeconds({ process: { pid } }: ServiceProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

describe('sessions end by the hundred thousand', () => {
  let postgres: OwnPostgres;
  let settings: Record<string, string>;
  let services: ServiceProcess[];
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    settings = productionSettings(postgres.url);
    services = [await startBuilt(settings), await startBuilt(settings)];
    await postgres.query(`
      INSERT INTO refresh_tokens
        (id, user_id, current_jti, created_at, rotated_at, last_used_at, expires_at, absolute_expires_at)
      SELECT gen_random_uuid(), n::text, gen_random_uuid(), now(), now(), now(), later, later
      FROM generate_series(1, ${ROWS}) AS n, (SELECT now() + interval '1 day' AS later) AS times`);
  });
  afterAll(async () => {
    for (const service of services ?? []) await service.end('SIGKILL');
    await postgres?.close();
  });

  const login = async () => {
    const email = await newAccount(services[0]!);
    const { body } = await services[0]!.client.post('/auth/login', { email, password: PASSWORD });
    const { sid } = JSON.parse(Buffer.from(body.accessToken.split('.')[1], 'base64url').toString());
    return { sid: sid as string, token: body.accessToken as string };
  };
  const statusesOf = (token: string) =>
    Promise.all(services.map(async ({ client }) => (await client.get('/auth/me', { token })).status));
  const refusedSoon = async (token: string) => {
    const began = performance.now();
    await until(async () => (await statusesOf(token)).every((status) => status === 401));
    expect(performance.now() - began).toBeLessThan(NEXT_LOOK_MS);
  };

  it('a row deleted by hand is seen at the next look by all instances', async () => {
    const { sid, token } = await login();
    expect(await statusesOf(token)).toEqual([200, 200]);
    await postgres.query('DELETE FROM refresh_tokens WHERE id = $1', [sid]);
    await refusedSoon(token);
  });

  it('an update by hand that commits late is seen at the next look by all instances', async () => {
    const { token } = await login();
    const source = await new DataSource({ type: 'postgres', url: postgres.url }).initialize();
    const runner = source.createQueryRunner();
    await runner.startTransaction();
    await runner.query('UPDATE refresh_tokens SET revoked_at = now() WHERE revoked_at IS NULL');
    await setTimeout(LATE_MS);
    expect(await statusesOf(token)).toEqual([200, 200]);
    const used = services.map(processorSeconds);
    await runner.commitTransaction();
    await refusedSoon(token);
    services.forEach((service, i) =>
      expect(processorSeconds(service) - used[i]!).toBeLessThan(PROCESSOR_SECONDS),
    );
    await source.destroy();
  });

  it('an instance starts with all of them, and the others know everything after a restart of PostgreSQL', async () => {
    const { sid, token } = await login();
    await postgres.query('UPDATE refresh_tokens SET revoked_at = now() WHERE id = $1', [sid]);
    services.push(await startBuilt(settings));
    await refusedSoon(token);
    await postgres.restart('fast');
    const another = await login();
    await postgres.query('UPDATE refresh_tokens SET revoked_at = now() WHERE id = $1', [another.sid]);
    await refusedSoon(another.token);
    expect(await statusesOf(token)).toEqual([401, 401, 401]);
  });
});
