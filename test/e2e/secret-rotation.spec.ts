import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { DataSource } from 'typeorm';
import { AuthDoctor, AuthInstances, type AuthModuleOptions, Cleanup } from '../../src/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { runCli } from '../support/cli.js';
import { type Host, startHost } from '../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';
import { productionSettings } from '../support/service-process.js';

const secret = () => randomBytes(48).toString('base64url');
const OLD = { refresh: secret(), access: secret(), pepper: secret() };
const NEW = { refresh: secret(), access: secret(), pepper: secret() };

type Secrets = typeof OLD;

let database: TestDatabase;
const running: Host[] = [];
beforeEach(async () => (database = await createMigratedDatabase()));
afterEach(async () => {
  await Promise.all(running.splice(0).map((host) => host.close()));
  await database.drop();
});

async function start(...newestFirst: Secrets[]): Promise<Host> {
  const all = (name: keyof Secrets) => newestFirst.map((secrets) => secrets[name]);
  const options: Partial<AuthModuleOptions> = {
    jwt: { accessSecret: all('access'), refreshSecret: all('refresh') },
    passwords: { bcryptCost: 10, peppers: all('pepper') },
  };
  const host = await startHost({ databaseUrl: database.url, options });
  running.push(host);
  return host;
}

const stop = (host: Host) => running.splice(running.indexOf(host), 1)[0]!.close();
const instancesOf = ({ app }: Host) => app.get(AuthInstances);
/** As if the time had passed until all have given signs of life. */
const letKnow = async (...hosts: Host[]) => {
  for (let beat = 0; beat < 4; beat++) for (const host of hosts) await instancesOf(host).renew();
};
const register = async ({ client }: Host) => {
  const email = newEmail();
  const { status, body } = await client.post('/auth/register', { email, password: PASSWORD });
  expect(status).toBe(201);
  return { email, ...(body as { accessToken: string; refreshToken: string }) };
};

/** What one makes, another one must accept. */
async function accepts(host: Host, made: Awaited<ReturnType<typeof register>>): Promise<number[]> {
  const { client } = host;
  const login = await client.post('/auth/login', { email: made.email, password: PASSWORD });
  const guarded = await client.get('/orders', { token: made.accessToken });
  const refreshed = await client.post('/auth/refresh', { refreshToken: made.refreshToken });
  return [login.status, guarded.status, refreshed.status];
}

const saidBy = async ({ app }: Host) =>
  (await app.get(AuthDoctor).instances()).map(({ check, state, message }) => `${check} ${state} ${message}`);

describe('a new secret, put first', () => {
  it('is not used while an instance does not know it, and by all as soon as they do', async () => {
    const [one, two] = [await start(OLD), await start(OLD)];
    await stop(one);
    const restarted = await start(NEW, OLD);
    expect(await accepts(two, await register(restarted))).toEqual([200, 200, 200]);
    expect(await accepts(restarted, await register(two))).toEqual([200, 200, 200]);
    expect(instancesOf(restarted).waiting).toEqual({ refresh: true, access: true, pepper: true });

    await stop(two);
    const last = await start(NEW, OLD);
    await letKnow(restarted, last);
    expect(instancesOf(restarted).waiting).toEqual({ refresh: false, access: false, pepper: false });
    const made = await register(restarted);
    expect(await accepts(last, made)).toEqual([200, 200, 200]);

    // The old ones are removed.
    await stop(restarted);
    const clean = await start(NEW);
    expect(await accepts(clean, await register(last))).toEqual([200, 200, 200]);
    expect(await accepts(last, await register(clean))).toEqual([200, 200, 200]);
  });

  it('is used immediately by an instance that is alone', async () => {
    const only = await start(NEW, OLD);
    expect(instancesOf(only).waiting).toEqual({ refresh: false, access: false, pepper: false });
    const made = await register(only);
    await stop(only);
    expect(await accepts(await start(NEW), made)).toEqual([200, 200, 200]);
  });

  it('keeps an instance from starting that has the old one alone, once it is used', async () => {
    const one = await start(NEW, OLD);
    await expect(start(OLD)).rejects.toThrow(
      /^jwt\.refreshSecret \(JWT_REFRESH_SECRET\) lacks the secret that/,
    );
    await letKnow(one);
    expect(instancesOf(one).waiting.refresh).toBe(false);
    expect(instancesOf(one).count).toBe(1);
    // The way back has both.
    const back = await start(OLD, NEW);
    expect(await accepts(one, await register(back))).toEqual([200, 200, 200]);
    expect(await accepts(back, await register(one))).toEqual([200, 200, 200]);
  });

  it('keeps an instance from starting only until those that used it are gone', async () => {
    const one = await start(NEW, OLD);
    await stop(one);
    expect(instancesOf(await start(OLD)).count).toBe(1);
  });

  it('does not wait for an instance that was killed on this machine', async () => {
    await stop(await start(OLD));
    const killed = spawn(process.execPath, ['-e', '']);
    await once(killed, 'exit');
    // As if that process had been this instance, and had said no goodbye.
    const sql = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    await sql.query(
      `UPDATE auth_instances SET live_until = now() + interval '1 minute', secrets = jsonb_set(secrets, '{process,pid}', $1)`,
      [String(killed.pid)],
    );
    await sql.destroy();
    const next = await start(NEW, OLD);
    expect([instancesOf(next).count, instancesOf(next).waiting.refresh]).toEqual([1, false]);
  });

  it.each(['refresh', 'access'] as const)(
    'is called a problem where an instance shares no %s secret with the others',
    async (kind) => {
      const one = await start(OLD);
      await start({ ...OLD, [kind]: NEW[kind] });
      await letKnow(one);
      expect(instancesOf(one).count).toBe(2);
      expect(await saidBy(one)).toContainEqual(expect.stringMatching(/^secrets problem .*shares no secret/));
    },
  );

  it('keeps no instance from starting while the database accepts no writes: it is looked at before anything is made', async () => {
    const one = await start(OLD);
    const readOnly = (change: string) =>
      one.database.query(
        `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I ${change}', current_database()); END $$`,
      );
    await readOnly('SET default_transaction_read_only = on');
    const other = await start(NEW, OLD);
    const account = { email: newEmail(), password: PASSWORD };
    expect((await other.client.post('/auth/register', account)).status).toBe(503);
    await readOnly('RESET default_transaction_read_only');
    await until(
      async () =>
        (await other.client.post('/auth/register', { ...account, email: newEmail() })).status === 201,
    );
    expect(await accepts(one, await register(other))).toEqual([200, 200, 200]);
  });

  it('does not wait for an instance that died', async () => {
    const [dead, alive] = [await start(OLD), await start(NEW, OLD)];
    await alive.database.query(`UPDATE auth_instances SET live_until = now() WHERE name IS NOT NULL`);
    await letKnow(alive);
    expect(instancesOf(alive).waiting.refresh).toBe(false);
    expect(dead).toBeDefined();
  });

  it('is given up again when an instance without it comes back from a freeze', async () => {
    const frozen = await start(OLD);
    const awake = await start(NEW, OLD);
    await awake.database.query('UPDATE auth_instances SET live_until = now()');
    await letKnow(awake);
    await instancesOf(frozen).renew();
    await letKnow(awake);
    expect(instancesOf(awake).waiting.refresh).toBe(true);
    expect(await saidBy(awake)).toContainEqual(
      expect.stringMatching(/^secrets problem jwt\.refreshSecret .* lacks a secret that .* uses/),
    );
  });

  it('is looked at again before anything is made after a freeze', async () => {
    const mine = await start(NEW, OLD);
    const instances = instancesOf(mine);
    await mine.database.query('UPDATE auth_instances SET live_until = now()');
    const other = await start(OLD);
    Object.assign(instances, { latest: { age: 13_000 } });
    expect(await accepts(other, await register(mine))).toEqual([200, 200, 200]);
  });
});

describe('the doctor', () => {
  it('says how far a rotation has come, and when the old secret can be removed', async () => {
    const [one, two] = [await start(OLD), await start(OLD)];
    expect(await saidBy(one)).toEqual([
      expect.stringMatching(/^instances ok 2 run: .* \(0\.1\.0, since .*\), /),
      'secrets ok all instances know and use those of this configuration',
    ]);
    await stop(one);
    const restarted = await start(NEW, OLD);
    expect(await saidBy(restarted)).toContainEqual(
      expect.stringMatching(
        /^secrets warning 1 of 2 instances knows the newest jwt\.refreshSecret \(JWT_REFRESH_SECRET\); an older one is used until these have restarted with it: /,
      ),
    );
    await stop(two);
    await letKnow(restarted);
    const [, refresh, , pepper] = await saidBy(restarted);
    expect(refresh).toMatch(
      /^secrets ok the instance uses the newest jwt\.refreshSecret .* can be removed after 20/,
    );
    expect(pepper).toMatch(/^secrets ok .*passwords\.peppers.* the older ones can be removed now$/);
    const [, removal] = /after (\S+)$/.exec(refresh!)!;
    expect(Date.parse(removal!) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
  });

  it('keeps an old pepper while hashes need it', async () => {
    const before = await start(OLD);
    const { email } = await register(before);
    await stop(before);
    const after = await start(NEW, OLD);
    expect((await saidBy(after)).at(-1)).toMatch(/keep the older ones/);
    expect((await after.client.post('/auth/login', { email, password: PASSWORD })).status).toBe(200);
    expect((await saidBy(after)).at(-1)).toMatch(/can be removed now/);
  });

  it('remembers over a restart since when a secret has been used', async () => {
    const one = await start(NEW, OLD);
    await one.database.query(
      `UPDATE auth_instances SET secrets = jsonb_set(secrets, '{kinds,refresh,since}', '1000000000000')`,
    );
    Object.assign(instancesOf(one), { stopped: true });
    await stop(one);
    const again = await start(NEW, OLD);
    await letKnow(again);
    expect((await saidBy(again))[1]).toMatch(/jwt\.refreshSecret .* can be removed now$/);
  });
});

describe('the list of instances', () => {
  it('has a row for each that runs, which says nothing about a secret', async () => {
    const host = await start(NEW, OLD);
    const [row, ...others] = await host.database.query<{ secrets: object }[]>(`SELECT * FROM auth_instances`);
    expect(others).toEqual([]);
    const text = JSON.stringify(row);
    for (const each of [...Object.values(OLD), ...Object.values(NEW)]) expect(text).not.toContain(each);
    expect(text.match(/"known":\[("[\w-]{8}",?|"-",?)+\]/g)).toHaveLength(3);
    const { body } = await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    const header = Buffer.from(body.refreshToken.split('.')[0], 'base64url').toString();
    expect(text).not.toContain(JSON.parse(header).kid.slice(0, 8));
  });

  it('has no row for a command, which still hashes with the pepper that all know', async () => {
    const service = await start(OLD);
    const settings = {
      ...productionSettings(database.url),
      PASSWORD_PEPPER: `${NEW.pepper},${OLD.pepper}`,
      BCRYPT_COST: '10',
    };
    const email = newEmail();
    const { code, stdout } = await runCli(['user', 'create', email, '--json'], settings);
    expect(code).toBe(0);
    const { password } = JSON.parse(stdout) as { password: string };
    expect((await service.client.post('/auth/login', { email, password })).status).toBe(200);
    expect(await service.database.query('SELECT FROM auth_instances')).toHaveLength(1);
  });

  it('forgets those that stopped more than a day ago', async () => {
    const host = await start(OLD);
    await host.database.query(
      `INSERT INTO auth_instances SELECT gen_random_uuid(), 'gone', version, started_at, seen_at, now() - interval '25 h', secrets FROM auth_instances`,
    );
    await host.app.get(Cleanup).run();
    expect(await host.database.query(`SELECT FROM auth_instances`)).toHaveLength(1);
  });
});
