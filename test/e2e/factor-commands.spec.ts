import { SoftwareAuthenticator } from '../../src/testing/index.js';
import { runCli } from '../support/cli.js';
import { type Host, startHost } from '../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import {
  addTotp,
  codeFor,
  enrolled,
  mfaOptions,
  register,
  rest,
  signIn,
  ticketFor,
} from '../support/second-factors.js';

const passkeys = { rpId: 'example.com', origins: ['https://app.example.com'] };
const PASSKEYS = { WEBAUTHN_RP_ID: passkeys.rpId, WEBAUTHN_ORIGINS: passkeys.origins[0]! };
const [older, newer] = [mfaOptions().encryptionSecrets, mfaOptions().encryptionSecrets] as [string, string];
const MFA = { MFA_ENCRYPTION_SECRET: older, MFA_POLICY: 'required' };

let database: TestDatabase;
let host: Host;
beforeAll(async () => {
  database = await createMigratedDatabase();
  host = await startHost({
    databaseUrl: database.url,
    options: { mfa: { encryptionSecrets: older }, passkeys },
  });
});
afterAll(async () => {
  await host?.close();
  await database?.drop();
});

async function run(args: string[], settings: Record<string, string> = {}) {
  const { code, stdout } = await runCli([...args, '--json'], { DATABASE_URL: database.url, ...settings });
  return { code, data: JSON.parse(stdout) };
}

async function addPasskey(token: string) {
  const { client } = host;
  const { ticket, options } = (await client.post('/auth/passkeys/options', undefined, { token })).body;
  const response = new SoftwareAuthenticator({ origin: passkeys.origins[0]! }).create(options);
  expect((await client.post('/auth/passkeys', { ticket, response }, { token })).status).toBe(201);
}

/** How many rows the tables of second factors have about a user. */
async function rowsOf(userId: string): Promise<number[]> {
  const counts = ['auth_factors', 'auth_trusted_devices', 'auth_passkeys'].map(async (table) => {
    const text = `SELECT count(*)::int AS count FROM ${table} WHERE user_id = $1`;
    return (await host.database.query(text, [userId]))[0].count as number;
  });
  return Promise.all(counts);
}

/** Somebody with every kind of factor, and a trusted device. */
async function owner() {
  const user = await register(host);
  const totp = await addTotp(host, user.token);
  await rest(host, user.id);
  const code = codeFor(totp.secret);
  const stepped = await host.client.post('/auth/step-up', { code }, { token: user.token });
  await addPasskey(stepped.body.accessToken);
  await rest(host, user.id);
  const body = { mfaToken: await ticketFor(host, user.email), code, trustDevice: true };
  const headers = { 'x-auth-transport': 'cookie' };
  expect((await host.client.post('/auth/login/mfa', body, { headers })).status).toBe(200);
  return user;
}

describe('latchkey user factors', () => {
  it('lists factors of all kinds, with the settings of the service', async () => {
    const { email } = await owner();
    const { code, data } = await run(['user', 'factors', email], { ...MFA, ...PASSKEYS });
    expect(code).toBe(0);
    expect(data.resetsAt).toBeNull();
    expect(data.factors.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual([
      'passkey',
      'recovery-codes',
      'totp',
    ]);
  });

  it('says what to set where there are none', async () => {
    const { email } = await register(host);
    expect(await run(['user', 'factors', email])).toEqual({
      code: 1,
      data: { error: expect.stringContaining('MFA_ENCRYPTION_SECRET') },
    });
  });
});

describe('latchkey user reset-factors', () => {
  it('without a delay, removes them all, also passkeys that the command was not told of', async () => {
    const { id, email } = await owner();
    expect(await rowsOf(id)).toEqual([2, 1, 1]);
    const { code, data } = await run(['user', 'reset-factors', email], { ...MFA, MFA_RESET_DELAY: '0s' });
    expect({ code, done: data.done }).toEqual({ code: 0, done: true });
    expect(await rowsOf(id)).toEqual([0, 0, 0]);
  });

  it('says when that will happen, as user factors does, and mails the owner', async () => {
    const { id, email } = await owner();
    const settings = {
      ...MFA,
      MFA_RESET_DELAY: '2h',
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'no-reply@example.com',
      PUBLIC_URL: 'https://auth.example.com',
    };
    const { stdout } = await runCli(['user', 'reset-factors', email], {
      DATABASE_URL: database.url,
      ...settings,
    });
    const hour = new Date(Date.now() + 2 * 3_600_000).toISOString().slice(0, 13).replace('T', ' ');
    expect(stdout).toContain(`All second factors of ${email} will be removed at ${hour}`);
    expect(await rowsOf(id)).toEqual([2, 1, 1]);
    const { resetsAt } = (await run(['user', 'factors', email], MFA)).data;
    expect(Math.abs(Date.parse(resetsAt) - Date.now() - 2 * 3_600_000)).toBeLessThan(120_000);
    const shown = await runCli(['user', 'factors', email], { DATABASE_URL: database.url, ...MFA });
    expect(shown.stdout).toContain(`All of them will be removed at ${hour}`);
    const mails = await host.database.query(
      'SELECT template, action_id IS NOT NULL AS link FROM auth_mails WHERE recipient = $1',
      [email],
    );
    expect(mails).toEqual([{ template: 'factors-reset-requested', link: true }]);
  });

  it('--cancel takes it back, and says so if there is nothing to take back', async () => {
    const { id, email } = await owner();
    const cancel = () => run(['user', 'reset-factors', email, '--cancel'], MFA);
    expect((await cancel()).code).toBe(1);
    expect((await run(['user', 'reset-factors', email], MFA)).data).toEqual({
      resetsAt: expect.any(String),
      done: false,
    });
    expect((await cancel()).code).toBe(0);
    expect((await run(['user', 'factors', email], MFA)).data.resetsAt).toBeNull();
    await host.database.query(
      `UPDATE auth_accounts SET factors_reset_at = now() - interval '1 s' WHERE user_id <> $1 AND factors_reset_at IS NOT NULL`,
      [id],
    );
    expect((await run(['sessions', 'purge'], MFA)).code).toBe(0);
    expect(await rowsOf(id)).toEqual([2, 1, 1]);
  });

  it.each([['factors'], ['reset-factors']])('%s knows nobody who is unknown', async (command) => {
    expect((await run(['user', command, 'nobody@example.com'], MFA)).code).toBe(1);
  });
});

it('latchkey user delete leaves nothing behind, although it knows nothing of the app', async () => {
  const { id } = await owner();
  expect((await run(['user', 'delete', id, '--yes'])).code).toBe(0);
  expect(await rowsOf(id)).toEqual([0, 0, 0]);
});

it('latchkey mfa rotate does nothing while an instance does not know the newest secret, and says so', async () => {
  const user = await enrolled(host);
  const settings = { MFA_ENCRYPTION_SECRET: `${newer},${older}` };
  expect(await run(['mfa', 'rotate'], settings)).toEqual({
    code: 1,
    data: { error: expect.stringContaining('restart all with it') },
  });
  expect((await signIn(host, user)).status).toBe(200);
});
