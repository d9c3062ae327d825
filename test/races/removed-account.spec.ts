// An account that is deleted, or enabled again, at the moment at which something else happens to it.
import { PostgresAccountStates } from '../../src/actions/postgres-account-states.js';
import { PostgresActionStore } from '../../src/actions/postgres-action.store.js';
import {
  AccountAdmin,
  AuditTrail,
  Cleanup,
  TokensService,
  TypeOrmUserStore,
  UserStore,
} from '../../src/index.js';
import { before } from '../support/before.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { mailsTo, RecordedMails, tokenFor } from '../support/recorded-mails.js';

let host: Host;
let restore = () => {};
beforeAll(async () => {
  host = await startHost({
    parts: { accountMails: RecordedMails },
    options: { publicUrl: 'https://auth.example.com', accounts: { verification: 'optional' } },
  });
});
afterEach(() => restore());
afterAll(() => host?.close());

const post = (path: string, body: object, token?: string) => host.client.post(path, body, { token });
const register = async () => {
  const email = newEmail();
  const { body } = await post('/auth/register', { email, password: PASSWORD });
  return { email, id: body.user.id as string, token: body.accessToken as string };
};
const close = (token: string) => host.client.call('/auth/me', { method: 'DELETE', token });
const closedTwoWeeksAgo = async () => {
  const account = await register();
  expect((await close(account.token)).status).toBe(202);
  const sql = `UPDATE auth_accounts SET closing_at = closing_at - interval '15 days' WHERE user_id = $1`;
  await host.database.query(sql, [account.id]);
  return account;
};
const removed = (id: string) => host.database.query('DELETE FROM users WHERE id = $1', [id]);
const removedBefore = (name: 'setDisabled' | 'setName' | 'remove', id: string) => {
  restore = before(TypeOrmUserStore.prototype, [name], () => removed(id));
};
const cleanUp = () => host.app.get(Cleanup).run({ wait: true });
const find = (id: string) => host.app.get<UserStore>(UserStore).findById(id);
const templates = async (email: string) => (await mailsTo(host, email)).map(({ template }) => template);
const eventsOf = async (id: string) => {
  await host.app.get(AuditTrail).flush();
  const rows = await host.database.query('SELECT type FROM auth_events WHERE user_id = $1', [id]);
  return rows.map(({ type }: { type: string }) => type);
};

describe('an account whose time has come', () => {
  it('A204: is there if an operator was told that it is enabled, and is not enabled if it is deleted', async () => {
    const { id } = await closedTwoWeeksAgo();
    let enabling: Promise<boolean> | undefined;
    restore = before(TypeOrmUserStore.prototype, ['remove'], async () => {
      enabling = host.app.get(AccountAdmin).enable(id);
      // Whoever is second waits for the other.
      await Promise.race([enabling, new Promise((resolve) => setTimeout(resolve, 300))]);
    });
    await cleanUp();
    expect(await enabling).toBe((await find(id)) !== null);
  });

  it('stays if its owner has opened it since it was listed, even if it was closed once more', async () => {
    const { id, email } = await closedTwoWeeksAgo();
    const states = "UPDATE auth_accounts SET closing_at = now() + interval '14 days' WHERE user_id = $1";
    restore = before(PostgresAccountStates.prototype, ['lock'], () => host.database.query(states, [id]));
    await cleanUp();
    expect(await find(id)).toMatchObject({ email, disabled: true });
  });

  it('gets no mail and no event if somebody else has deleted it, and nothing of it is left', async () => {
    const { id, email } = await closedTwoWeeksAgo();
    removedBefore('remove', id);
    await cleanUp();
    expect(await templates(email)).not.toContain('account-closed');
    expect(await eventsOf(id)).not.toContain('account-closed');
    expect(await host.database.query('SELECT 1 FROM auth_accounts WHERE user_id = $1', [id])).toEqual([]);
  });
});

describe('an account that has been deleted', () => {
  const fail = () => Promise.reject(new Error('no'));
  const rowsOf = (id: string) => host.database.query('SELECT 1 FROM auth_accounts WHERE user_id = $1', [id]);

  it('has the event of that once, even if what follows fails and is done by the next run', async () => {
    const { id } = await closedTwoWeeksAgo();
    restore = before(TokensService.prototype, ['revokeUserSessions'], fail);
    await cleanUp();
    expect(await find(id)).toBeNull();
    await cleanUp();
    expect((await eventsOf(id)).filter((type: string) => type === 'account-closed')).toHaveLength(1);
    expect(await rowsOf(id)).toEqual([]);
  });

  it('has the event of that, even if the operator is told that something failed', async () => {
    const { id } = await register();
    restore = before(PostgresActionStore.prototype, ['removeOf'], fail);
    await expect(host.app.get(AccountAdmin).remove(id)).rejects.toThrow('no');
    expect(await find(id)).toBeNull();
    expect(await eventsOf(id)).toContain('user-removed');
  });

  it('leaves nothing if the operator deletes it once more, with one event', async () => {
    const { id } = await register();
    restore = before(PostgresActionStore.prototype, ['removeOf'], fail);
    await expect(host.app.get(AccountAdmin).remove(id)).rejects.toThrow('no');
    expect(await rowsOf(id)).toHaveLength(1);
    expect(await host.app.get(AccountAdmin).remove(id)).toBe(false);
    expect(await rowsOf(id)).toEqual([]);
    expect((await eventsOf(id)).filter((type: string) => type === 'user-removed')).toHaveLength(1);
  });
});

describe('an account that is deleted at the same moment', () => {
  it('cannot be closed, and gets no mail and no event', async () => {
    const { id, email, token } = await register();
    removedBefore('setDisabled', id);
    expect(await close(token)).toMatchObject({ status: 401, body: { error: 'INVALID_TOKEN' } });
    expect(await templates(email)).not.toContain('account-closing');
    expect(await eventsOf(id)).not.toContain('account-closing');
  });

  it('gets no other name, and no event', async () => {
    const { id, token } = await register();
    removedBefore('setName', id);
    const renamed = await host.client.call('/auth/me', { method: 'PATCH', body: { name: 'Ada' }, token });
    expect(renamed).toMatchObject({ status: 401, body: { error: 'INVALID_TOKEN' } });
    expect(await eventsOf(id)).not.toContain('name-changed');
  });

  it('does not go back to its address, and nobody is told so', async () => {
    const { id, email, token } = await register();
    await post('/auth/email', { newEmail: newEmail() }, token);
    const undo = await tokenFor(host, email, 'email-change-requested');
    await close(token);
    // Without a password, the row has not been changed by then.
    await host.database.query('UPDATE users SET password_hash = NULL WHERE id = $1', [id]);
    removedBefore('setDisabled', id);
    expect(await post('/auth/email/undo', { token: undo })).toMatchObject({
      status: 400,
      body: { error: 'ACTION_TOKEN_INVALID' },
    });
    expect(await templates(email)).not.toContain('reset-password');
    expect(await eventsOf(id)).not.toContain('email-change-undone');
  });
});
