import { randomBytes } from 'node:crypto';
import { AccountAdmin, Cleanup, UserStore } from '../../src/index.js';
import { runCli } from '../support/cli.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { mailsTo, RecordedMails, tokenFor } from '../support/recorded-mails.js';
import { productionSettings } from '../support/service-process.js';

const OTHER = 'quite another long sentence';
const ACT = { status: 400, body: { error: 'ACTION_TOKEN_INVALID' } };

let database: TestDatabase;
let host: Host;
beforeAll(async () => {
  database = await createMigratedDatabase();
  const secret = () => randomBytes(48).toString('base64url');
  host = await startHost({
    databaseUrl: database.url,
    options: {
      jwt: { accessSecret: secret(), refreshSecret: secret() },
      publicUrl: 'https://auth.example.com',
      accounts: { verification: 'optional' },
    },
    parts: { accountMails: RecordedMails },
  });
});
afterAll(async () => {
  await host?.close();
  await database?.drop();
});

const post = (path: string, body: object, token?: string) => host.client.post(path, body, { token });
const register = async () => {
  const email = newEmail();
  const { body } = await post('/auth/register', { email, password: PASSWORD });
  return { email, id: body.user.id as string, token: body.accessToken as string };
};
const forgotten = async (email: string) => {
  await post('/auth/password/forgot', { email });
  return tokenFor(host, email, 'reset-password');
};
const reset = (token: string, newPassword = OTHER) => post('/auth/password/reset', { token, newPassword });
const close = async (token: string) =>
  expect((await host.client.call('/auth/me', { method: 'DELETE', token })).status).toBe(202);
const move = async (to: string, token: string) => {
  await post('/auth/email', { newEmail: to }, token);
  const link = await tokenFor(host, to, 'email-change-confirm');
  expect((await post('/auth/email/confirm', { token: link })).status).toBe(204);
};
const twoWeeksLater = (id: string) =>
  host.database.query(
    `UPDATE auth_accounts SET closing_at = closing_at - interval '15 days' WHERE user_id = $1`,
    [id],
  );
const cleanUp = () => host.app.get(Cleanup).run({ wait: true });
const find = (id: string) => host.app.get<UserStore>(UserStore).findById(id);

describe('what a thief leaves behind', () => {
  it('A225: moving the address away and back leaves no link with which to take the account later', async () => {
    const { email, token } = await register();
    const thiefs = newEmail();
    await move(thiefs, token);
    await post('/auth/email', { newEmail: email }, token);
    const requested = await tokenFor(host, thiefs, 'email-change-requested');
    const back = await tokenFor(host, email, 'email-change-confirm');
    expect((await post('/auth/email/confirm', { token: back })).status).toBe(204);
    const told = (await mailsTo(host, thiefs)).filter(({ template }) => template === 'email-changed');
    expect(told.at(-1)!.actionId).toBeUndefined();
    expect(await post('/auth/email/undo', { token: requested })).toMatchObject(ACT);
    expect((await post('/auth/login', { email, password: PASSWORD })).status).toBe(200);
  });

  it('A234: an address that was reached over another one is still given back', async () => {
    const { email, token } = await register();
    await move(newEmail(), token);
    const undo = await tokenFor(host, email, 'email-changed');
    await move(newEmail(), token);
    expect((await post('/auth/email/undo', { token: undo })).status).toBe(204);
    expect((await reset(await tokenFor(host, email, 'reset-password'))).status).toBe(204);
  });

  it('A207: a reset that comes too late ends no session that began after the one that succeeded', async () => {
    const { email } = await register();
    const token = await forgotten(email);
    const answers = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        const password = `a long sentence, number ${i}`;
        const answer = await reset(token, password);
        return answer.status === 204 ? post('/auth/login', { email, password }) : undefined;
      }),
    );
    const login = answers.find((each) => each !== undefined);
    expect(login!.status).toBe(200);
    expect((await post('/auth/refresh', { refreshToken: login!.body.refreshToken })).status).toBe(200);
  });
});

describe('closed accounts and operators', () => {
  it('A204: what an operator disables, no link opens, not even that of a change before it was closed', async () => {
    const { email, id, token } = await register();
    await post('/auth/email', { newEmail: newEmail() }, token);
    const undo = await tokenFor(host, email, 'email-change-requested');
    await close(token);
    const restore = await tokenFor(host, email, 'account-closing');
    await host.app.get(AccountAdmin).disable(id);
    expect(await post('/auth/me/restore', { token: restore })).toMatchObject(ACT);
    expect(await post('/auth/email/undo', { token: undo })).toMatchObject(ACT);
    expect((await find(id))!.disabled).toBe(true);
  });

  it('an account that an operator has enabled again is not deleted', async () => {
    const { id, token } = await register();
    await close(token);
    const { stderr } = await runCli(['user', 'enable', id], productionSettings(database.url));
    expect(stderr).toBe('');
    await twoWeeksLater(id);
    await cleanUp();
    expect((await find(id))!.disabled).toBe(false);
  });

  it('an account that is enabled in the user store alone is not deleted either', async () => {
    const { id, token } = await register();
    await close(token);
    await host.app.get<UserStore>(UserStore).setDisabled!(id, false);
    await twoWeeksLater(id);
    await cleanUp();
    expect((await find(id))!.disabled).toBe(false);
    const [state] = await host.database.query('SELECT closing_at FROM auth_accounts WHERE user_id = $1', [
      id,
    ]);
    expect(state.closing_at).toBeNull();
  });

  it('A204: links that were mailed before the command line disabled an account stay dead', async () => {
    const { email, id } = await register();
    const link = await forgotten(email);
    for (const command of ['disable', 'enable'])
      expect((await runCli(['user', command, id], productionSettings(database.url))).code).toBe(0);
    expect(await reset(link)).toMatchObject(ACT);
  });

  it('the command line knows of mail: strangers have turned no password off, and it deletes closed accounts', async () => {
    const settings = {
      ...productionSettings(database.url),
      RATE_LIMIT: 'on',
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'no-reply@example.com',
    };
    const [attacked, closed] = [await register(), await register()];
    await post('/auth/login', { email: attacked.email, password: OTHER });
    await host.database.query('UPDATE login_attempts SET total = 150, failures = 150 WHERE user_id = $1', [
      attacked.id,
    ]);
    const shown = await runCli(['user', 'show', attacked.id, '--json'], settings);
    expect(JSON.parse(shown.stdout).passwordOff).toBe(false);
    await close(closed.token);
    await twoWeeksLater(closed.id);
    expect((await runCli(['sessions', 'purge'], settings)).code).toBe(0);
    expect(await find(closed.id)).toBeNull();
    const [told] = await host.database.query('SELECT template FROM auth_mails WHERE recipient = $1', [
      closed.email,
    ]);
    expect(told).toEqual({ template: 'account-closed' });
  });

  it('one account that cannot be deleted does not keep the others, nor anything of theirs', async () => {
    const [held, other] = [await register(), await register()];
    await host.database.query('CREATE TABLE invoices (user_id uuid REFERENCES users (id))');
    await host.database.query('INSERT INTO invoices VALUES ($1)', [held.id]);
    for (const { id, token } of [held, other]) {
      await close(token);
      await twoWeeksLater(id);
    }
    await cleanUp();
    expect([(await find(held.id))?.id, await find(other.id)]).toEqual([held.id, null]);
    for (const [table, column] of Object.entries({
      auth_actions: 'user_id',
      auth_accounts: 'user_id',
      login_attempts: 'user_id',
    }))
      expect(await host.database.query(`SELECT 1 FROM ${table} WHERE ${column} = $1`, [other.id])).toEqual(
        [],
      );
    await host.database.query('DROP TABLE invoices');
    await cleanUp();
    expect(await find(held.id)).toBeNull();
  });
});
