// What a session asks for that ends at the same moment, or that this instance does not know to have ended.
import { PostgresAccountStates } from '../../src/actions/postgres-account-states.js';
import { PasswordReset, TypeOrmUserStore } from '../../src/index.js';
import { before } from '../support/before.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { mailsTo, RecordedMails, tokenFor } from '../support/recorded-mails.js';
import { mfaOptions } from '../support/second-factors.js';

const OTHER = 'quite another long sentence';
const REVOKED = { status: 401, body: { error: 'TOKEN_REVOKED' } };

describe.each([
  ['without second factors', {}],
  ['with second factors', { mfa: mfaOptions() }],
])('a session that the owner has ended with a new password, %s', (_, more) => {
  let host: Host;
  let restore = () => {};
  beforeAll(async () => {
    host = await startHost({
      parts: { accountMails: RecordedMails },
      options: {
        publicUrl: 'https://auth.example.com',
        accounts: { verification: 'optional' },
        // As on an instance that has not heard of it yet.
        revocation: { check: 'stateless' },
        ...more,
      },
    });
  });
  afterEach(() => restore());
  afterAll(() => host?.close());

  const post = (path: string, body: object, token?: string) => host.client.post(path, body, { token });
  /** Somebody else has the access token; the owner has the link that resets the password. */
  const stolen = async () => {
    const email = newEmail();
    const { body } = await post('/auth/register', { email, password: PASSWORD });
    await post('/auth/password/forgot', { email });
    const link = await tokenFor(host, email, 'reset-password');
    return { email, token: body.accessToken as string, link };
  };
  const reset = (token: string) => host.app.get(PasswordReset).reset({ token, newPassword: OTHER });
  const templates = async (email: string) => (await mailsTo(host, email)).map(({ template }) => template);
  const close = (token: string) => host.client.call('/auth/me', { method: 'DELETE', token });
  const login = (email: string) => post('/auth/login', { email, password: OTHER });

  it('does not move the account to another address', async () => {
    const { email, token, link } = await stolen();
    const theirs = newEmail();
    await reset(link);
    expect(await post('/auth/email', { newEmail: theirs }, token)).toMatchObject(REVOKED);
    expect(await templates(theirs)).toEqual([]);
    expect(await templates(email)).not.toContain('email-change-requested');
  });

  it('does not move the account to another address if it ends meanwhile', async () => {
    const { email, token, link } = await stolen();
    const theirs = newEmail();
    restore = before(TypeOrmUserStore.prototype, ['findByEmail'], () => reset(link));
    expect(await post('/auth/email', { newEmail: theirs }, token)).toMatchObject(REVOKED);
    expect(await templates(theirs)).toEqual([]);
    expect(await templates(email)).not.toContain('email-change-requested');
  });

  it('does not close the account', async () => {
    const { email, token, link } = await stolen();
    await reset(link);
    expect(await close(token)).toMatchObject(REVOKED);
    expect((await login(email)).status).toBe(200);
    expect(await templates(email)).not.toContain('account-closing');
  });

  it('does not close the account if it ends meanwhile', async () => {
    const { email, token, link } = await stolen();
    restore = before(PostgresAccountStates.prototype, ['lock'], () => reset(link));
    expect(await close(token)).toMatchObject(REVOKED);
    expect((await login(email)).status).toBe(200);
    expect(await templates(email)).not.toContain('account-closing');
  });
});
