// With a user store of the host, one step of a change follows the other, and any of them may fail: what was begun can be
// repeated, and nothing is left half done that only an operator could put right.
import { PostgresActionStore } from '../../src/actions/postgres-action.store.js';
import { UnavailableError } from '../../src/index.js';
import { PostgresFactorStore } from '../../src/mfa/postgres-factor.store.js';
import { InMemoryUserStore } from '../../src/testing/index.js';
import { before } from '../support/before.js';
import { PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { mailsTo, RecordedMails, tokenFor } from '../support/recorded-mails.js';
import { enrolled, mfaOptions, register } from '../support/second-factors.js';

const OTHER = 'quite another long sentence';

let host: Host;
let restore = () => {};
beforeAll(async () => {
  host = await startHost({
    parts: { accountMails: RecordedMails, userStore: InMemoryUserStore },
    options: {
      publicUrl: 'https://auth.example.com',
      accounts: { verification: 'optional' },
      mfa: mfaOptions(),
    },
  });
});
afterEach(() => restore());
afterAll(() => host?.close());

const post = (path: string, body: object, token?: string) => host.client.post(path, body, { token });
const close = (token: string) => host.client.call('/auth/me', { method: 'DELETE', token });
const login = async (email: string, password = PASSWORD) =>
  (await post('/auth/login', { email, password })).status;
const away = () => Promise.reject(new UnavailableError());
const failsOnce = <T extends object>(prototype: T, name: keyof T) => {
  restore = before(prototype, [name], away);
};
const templates = async (email: string) => (await mailsTo(host, email)).map(({ template }) => template);

it('a reset that takes over an account leaves no second factor of its earlier holder, also at the second try', async () => {
  const { email } = await enrolled(host);
  await post('/auth/password/forgot', { email });
  const token = await tokenFor(host, email, 'reset-password');
  const reset = async () => (await post('/auth/password/reset', { token, newPassword: OTHER })).status;
  failsOnce(PostgresFactorStore.prototype, 'removeAll');
  expect(await reset()).toBe(503);
  expect(await reset()).toBe(204);
  expect(await login(email, OTHER)).toBe(200);
});

it('a closed account can be reopened at the second try', async () => {
  const { email, token } = await register(host);
  expect((await close(token)).status).toBe(202);
  const link = await tokenFor(host, email, 'account-closing');
  const reopen = async () => (await post('/auth/me/restore', { token: link })).status;
  failsOnce(InMemoryUserStore.prototype, 'setDisabled');
  expect(await reopen()).toBe(503);
  expect(await reopen()).toBe(204);
  expect(await login(email)).toBe(200);
});

it('an account can be closed at the second try, and its owner has a link that reopens it', async () => {
  const { email, token } = await register(host);
  failsOnce(PostgresActionStore.prototype, 'create');
  expect((await close(token)).status).toBe(503);
  expect(await login(email)).toBe(200);
  expect((await close(token)).status).toBe(202);
  expect(await templates(email)).toContain('account-closing');
});

it('an address can be taken back from a closed account at the second try', async () => {
  const { email, token } = await register(host);
  expect((await post('/auth/email', { newEmail: `new-${email}` }, token)).status).toBe(202);
  const link = await tokenFor(host, email, 'email-change-requested');
  expect((await close(token)).status).toBe(202);
  const undo = async () => (await post('/auth/email/undo', { token: link })).status;
  failsOnce(InMemoryUserStore.prototype, 'setDisabled');
  expect(await undo()).toBe(503);
  expect(await undo()).toBe(204);
  expect(await templates(email)).toContain('reset-password');
});
