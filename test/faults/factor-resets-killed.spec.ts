import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { FactorReset } from '../../src/index.js';
import { PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { until } from '../support/until.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { count } from './support/report.js';
import {
  brokenReset,
  enrolOwner,
  type OwnerState,
  type ResetOwner,
  slowDown,
  stateOf,
  workOn,
} from './support/reset-owner.js';
import { productionSettings, type ServiceProcess, startBuilt } from './support/service.js';

const KILLS = Number(process.env.FAULTS_RESET_KILLS ?? 20);
/** Resets that become due before each kill. */
const DUE = 3;
const ROOT = join(import.meta.dirname, '../..');
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('resets of second factors are killed at random moments', () => {
  let postgres: OwnPostgres;
  let database: DataSource;
  let settings: Record<string, string>;
  let services: ServiceProcess[];
  let operator: Host;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    database = await new DataSource({ type: 'postgres', url: postgres.url, extra: { max: 4 } }).initialize();
    const encryptionSecrets = randomBytes(48).toString('base64url');
    // Nobody listens there: all mails wait.
    const mail = { from: 'no-reply@example.com', smtp: 'smtp://127.0.0.1:1' };
    settings = {
      ...productionSettings(postgres.url),
      AUDIT: 'on',
      MFA_ENCRYPTION_SECRET: encryptionSecrets,
      SMTP_URL: mail.smtp,
      MAIL_FROM: mail.from,
    };
    services = [await startBuilt(settings), await startBuilt(settings)];
    const options = { publicUrl: settings.PUBLIC_URL, mfa: { encryptionSecrets }, mail, accounts: {} };
    operator = await startHost({ databaseUrl: postgres.url, options });
  }, 120_000);
  afterAll(async () => {
    await operator?.close();
    await Promise.all((services ?? []).map((service) => service.end('SIGKILL')));
    await database?.destroy();
    await postgres?.close();
  });

  /** One at a time at each service, because that lets only so many passwords wait. */
  async function enrolOwners(total: number): Promise<ResetOwner[]> {
    const owners: ResetOwner[] = [];
    let left = total;
    const lane = async (service: ServiceProcess) => {
      while (left-- > 0) owners.push(await enrolOwner(service, database));
    };
    await Promise.all(services.map(lane));
    for (const { id } of owners) await operator.app.get(FactorReset).request(id);
    return owners;
  }

  /** As if the delay was over. */
  const makeDue = (owners: readonly ResetOwner[]) =>
    database.query(
      `UPDATE auth_accounts SET factors_reset_at = factors_reset_at - interval '25 hours' WHERE user_id = ANY ($1)`,
      [owners.map(({ id }) => id)],
    );

  const purge = () =>
    spawn(process.execPath, [join(ROOT, 'dist/cli/main.js'), 'sessions', 'purge'], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...settings },
      stdio: 'ignore',
    });

  /** Kills a cleanup at a random moment from when it has begun to work. Returns whether that was before its end. */
  async function killOne(): Promise<boolean> {
    const before = await workOn(database);
    const cleanup = purge();
    const exited = once(cleanup, 'exit');
    await until(async () => cleanup.exitCode !== null || (await workOn(database)) > before);
    await pause(randomInt(200));
    cleanup.kill('SIGKILL');
    const [, signal] = (await exited) as [number | null, string | null];
    // Or else the next one would wait for it.
    await database.query(`DELETE FROM auth_leases WHERE name = 'cleanup'`);
    return signal === 'SIGKILL';
  }

  it(
    `${KILLS} kills leave no reset half done, and do none twice`,
    async () => {
      const owners = await enrolOwners(KILLS * DUE + 1);
      const stayed = owners.pop()!;
      const before = new Map<ResetOwner, OwnerState>();
      for (const owner of [...owners, stayed]) before.set(owner, await stateOf(owner, database));
      const enrolled = { isPending: true, factors: 2, devices: 1, sessions: 2, links: 1, mails: 0 };
      for (const state of before.values()) expect(state).toMatchObject(enrolled);

      await slowDown(database);
      let kills = 0;
      for (let turn = 0; turn < KILLS; turn++) {
        await makeDue(owners.slice(turn * DUE, (turn + 1) * DUE));
        if (await killOne()) kills++;
      }
      count('kill -9 of a reset of factors', kills);
      const [code] = (await once(purge(), 'exit')) as [number];
      expect(code).toBe(0);

      const broken: string[] = [];
      for (const owner of owners) {
        const found = brokenReset(before.get(owner)!, await stateOf(owner, database));
        broken.push(...found.map((what) => `${owner.email}: ${what}`), ...(await brokenAccess(owner)));
      }
      count('violations', broken.length);
      expect(broken).toEqual([]);
      expect(await stateOf(stayed, database)).toEqual(before.get(stayed));
      expect(kills).toBeGreaterThan(KILLS / 2);
    },
    KILLS * 12_000 + 120_000,
  ); // for each, three accounts and one start of the command on a busy machine

  /** At every instance the old sessions are over, and the password is enough. */
  async function brokenAccess({ email, accessTokens }: ResetOwner): Promise<string[]> {
    const broken: string[] = [];
    for (const { client } of services) {
      for (const token of accessTokens)
        if ((await client.get('/auth/me', { token })).status !== 401)
          broken.push(`${email}: an access token lives on`);
    }
    const { status } = await services[0]!.client.post('/auth/login', { email, password: PASSWORD });
    return status === 200 ? broken : [...broken, `${email}: the password is answered with ${status}`];
  }
});

describe('the check of a reset', () => {
  const before: OwnerState = {
    epoch: 1,
    isPending: true,
    isBraked: false,
    factors: 2,
    devices: 1,
    sessions: 2,
    links: 1,
    mails: 0,
    events: 0,
  };
  const after: OwnerState = {
    epoch: 2,
    isPending: false,
    isBraked: true,
    factors: 0,
    devices: 0,
    sessions: 0,
    links: 0,
    mails: 1,
    events: 2,
  };

  it('accepts one that was carried out once', () => {
    expect(brokenReset(before, after)).toEqual([]);
  });

  it.each<[string, Partial<OwnerState>]>([
    ['it is not over', { isPending: true }],
    ['nothing brakes whoever comes now', { isBraked: false }],
    ['2 factors are left', { factors: 2 }],
    ['1 devices are left', { devices: 1 }],
    ['1 sessions are left', { sessions: 1 }],
    ['1 links are left', { links: 1 }],
    ['2 times removed', { epoch: 3 }],
    ['0 mails', { mails: 0 }],
    ['2 mails', { mails: 2 }],
    ['no event', { events: 0 }],
  ])('catches: %s', (what, change) => {
    expect(brokenReset(before, { ...after, ...change })).toEqual([what]);
  });
});
