// A login renews the hash of a password when the cost or the pepper has changed. That must not look like a new password to
// whatever else happens to the account at the same moment.
import bcrypt from 'bcrypt';
import { BcryptPasswordHasher, TypeOrmUserStore } from '../../src/index.js';
import { before } from '../support/before.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { RecordedMails, tokenFor } from '../support/recorded-mails.js';

const NEXT = 'quite another long sentence';

describe.each([
  ['without mails', {}],
  [
    'with mails',
    {
      parts: { accountMails: RecordedMails },
      options: { publicUrl: 'https://auth.example.com', accounts: { verification: 'optional' as const } },
    },
  ],
])('a hash that is renewed at the same moment, %s', (_, settings) => {
  let host: Host;
  let restore = () => {};
  beforeAll(async () => {
    host = await startHost(settings);
  });
  afterEach(() => restore());
  afterAll(() => host?.close());

  const post = (path: string, body: object, token?: string) => host.client.post(path, body, { token });
  const register = async () => {
    const account = { email: newEmail(), password: PASSWORD };
    const { body } = await post('/auth/register', account);
    return { ...account, id: body.user.id as string, token: body.accessToken as string };
  };
  const setHash = async (id: string, password: string) =>
    host.database.query('UPDATE users SET password_hash = $2 WHERE id = $1', [
      id,
      await bcrypt.hash(password, 4),
    ]);
  const login = async (email: string, password: string) =>
    (await post('/auth/login', { email, password })).status;

  it.each([
    ['is hashed', BcryptPasswordHasher.prototype, ['hash']],
    ['is stored', TypeOrmUserStore.prototype, ['replacePasswordHash']],
  ] as [string, object, never[]][])(
    'does not stop a change whose new password %s',
    async (__, part, methods) => {
      const { id, email, password, token } = await register();
      const other = (await post('/auth/login', { email, password })).body;
      restore = before(part, methods, () => setHash(id, PASSWORD));
      const changed = await post('/auth/password', { currentPassword: PASSWORD, newPassword: NEXT }, token);
      expect(changed.status).toBe(204);
      expect([await login(email, PASSWORD), await login(email, NEXT)]).toEqual([401, 200]);
      expect((await host.client.get('/auth/me', { token })).status).toBe(200);
      expect((await host.client.get('/auth/me', { token: other.accessToken })).status).toBe(401);
    },
  );

  it('is told from another password, with which the change is refused and ends nothing', async () => {
    const { id, email, password, token } = await register();
    const other = (await post('/auth/login', { email, password })).body;
    restore = before(BcryptPasswordHasher.prototype, ['hash'], () => setHash(id, 'somebody else chose this'));
    expect(
      await post('/auth/password', { currentPassword: PASSWORD, newPassword: NEXT }, token),
    ).toMatchObject({ status: 401, body: { error: 'INVALID_CREDENTIALS' } });
    expect(await login(email, 'somebody else chose this')).toBe(200);
    expect((await host.client.get('/auth/me', { token: other.accessToken })).status).toBe(200);
  });

  it('another password that comes when the new one is stored is not overwritten', async () => {
    const { id, email, token } = await register();
    const others = () => setHash(id, 'somebody else chose this');
    restore = before(TypeOrmUserStore.prototype, ['replacePasswordHash'], others);
    expect(
      await post('/auth/password', { currentPassword: PASSWORD, newPassword: NEXT }, token),
    ).toMatchObject({ status: 401, body: { error: 'INVALID_CREDENTIALS' } });
    expect([await login(email, NEXT), await login(email, 'somebody else chose this')]).toEqual([401, 200]);
  });

  if (!('parts' in settings)) return;

  it('is told from a reset to the same password, which a change that was under way does not undo', async () => {
    const { email, token } = await register();
    await post('/auth/password/forgot', { email });
    const link = await tokenFor(host, email, 'reset-password');
    let owners = '';
    restore = before(BcryptPasswordHasher.prototype, ['hash'], async () => {
      expect((await post('/auth/password/reset', { token: link, newPassword: PASSWORD })).status).toBe(204);
      owners = (await post('/auth/login', { email, password: PASSWORD })).body.accessToken;
    });
    expect(
      await post('/auth/password', { currentPassword: PASSWORD, newPassword: NEXT }, token),
    ).toMatchObject({ status: 401, body: { error: 'INVALID_CREDENTIALS' } });
    expect((await host.client.get('/auth/me', { token: owners })).status).toBe(200);
    expect([await login(email, NEXT), await login(email, PASSWORD)]).toEqual([401, 200]);
  });

  it('does not stop a reset by mail', async () => {
    const { id, email } = await register();
    await post('/auth/password/forgot', { email });
    const token = await tokenFor(host, email, 'reset-password');
    restore = before(TypeOrmUserStore.prototype, ['setPasswordHash'], () => setHash(id, PASSWORD));
    expect((await post('/auth/password/reset', { token, newPassword: NEXT })).status).toBe(204);
    expect([await login(email, PASSWORD), await login(email, NEXT)]).toEqual([401, 200]);
  });

  it('does not keep a password that an address taken back turns off', async () => {
    const { id, email, token } = await register();
    const thiefs = newEmail();
    await post('/auth/email', { newEmail: thiefs }, token);
    const confirm = await tokenFor(host, thiefs, 'email-change-confirm');
    expect((await post('/auth/email/confirm', { token: confirm })).status).toBe(204);
    const undo = await tokenFor(host, email, 'email-changed');
    restore = before(TypeOrmUserStore.prototype, ['replaceEmail'], () => setHash(id, PASSWORD));
    expect((await post('/auth/email/undo', { token: undo })).status).toBe(204);
    expect(await login(email, PASSWORD)).toBe(401);
  });
});
