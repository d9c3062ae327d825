import type { LoggerService } from '@nestjs/common';
import bcrypt from 'bcrypt';
import { type NewUser, UserStore } from '../../src/index.js';
import { InMemoryUserStore } from '../../src/testing/index.js';
import { newEmail } from '../support/client.js';
import { FOREIGN_HASHES } from '../support/foreign-hashes.js';
import { type Host, type HostSettings, startHost } from '../support/host-app.js';

let host: Host;
const lines: string[] = [];
afterEach(async () => {
  await host.close();
  lines.length = 0;
});

const note = (message: unknown) => {
  if (String(message).includes('password hash')) lines.push(String(message));
};
const logger: LoggerService = { log: () => undefined, warn: note, error: note };

async function start(settings: HostSettings = {}) {
  const options = { passwords: { bcryptCost: 10, ...settings.options?.passwords } };
  host = await startHost({ logger, ...settings, options: { ...settings.options, ...options } });
  return host.app.get<UserStore>(UserStore, { strict: false });
}

async function importUser(store: UserStore, passwordHash: string): Promise<NewUser & { id: string }> {
  const user = await store.create({ email: newEmail(), name: null, passwordHash });
  return user!;
}

const login = async (email: string, password: string) =>
  (await host.client.post('/auth/login', { email, password })).status;
const sessions = async () =>
  (await host.database.query('SELECT FROM refresh_tokens WHERE revoked_at IS NULL')).length;

describe('a user who was imported with the hash of another system', () => {
  it('logs in, and gets a hash of this app, with which they log in again', async () => {
    const store = await start();
    for (const name of ['Django, scrypt', 'Keycloak, PBKDF2 with SHA-1', 'SHA-crypt with SHA-512']) {
      const { password, hash } = FOREIGN_HASHES[name]!;
      const { id, email } = await importUser(store, hash);
      expect(await login(email, `${password}!`)).toBe(401);
      expect((await store.findById(id))!.passwordHash).toBe(hash);
      expect(await login(email, password)).toBe(200);
      expect((await store.findById(id))!.passwordHash).toMatch(/^lk1\$/);
      expect(await login(email, password)).toBe(200);
    }
    expect(lines).toEqual([]);
  });

  it('keeps that hash while another system reads it', async () => {
    const store = await start({ options: { passwords: { rehash: false } } });
    const { password, hash } = FOREIGN_HASHES['SHA-crypt with SHA-512']!;
    const { id, email } = await importUser(store, hash);
    expect(await login(email, password)).toBe(200);
    expect((await store.findById(id))!.passwordHash).toBe(hash);
  });

  it('changes their password, whatever the hash was', async () => {
    const store = await start({ options: { passwords: { rehash: false } } });
    const { password, hash } = FOREIGN_HASHES['Django, scrypt']!;
    const { email } = await importUser(store, hash);
    const { body } = await host.client.post('/auth/login', { email, password });
    const change = { currentPassword: password, newPassword: 'purple lamps under rivers' };
    const answer = await host.client.post('/auth/password', change, { token: body.accessToken });
    expect(answer.status).toBe(204);
    expect(await login(email, change.newPassword)).toBe(200);
  });
});

describe('a hash that cannot be replaced at login', () => {
  const PASSWORD = 'correct horse battery staple';

  it('in a column that is too short: the login succeeds with one session, and a line says why', async () => {
    const store = await start();
    await host.database.query('ALTER TABLE users ALTER COLUMN password_hash TYPE varchar(60)');
    const hash = await bcrypt.hash(PASSWORD, 4);
    const { id, email } = await importUser(store, hash);
    expect(await login(email, PASSWORD)).toBe(200);
    expect(await sessions()).toBe(1);
    expect((await store.findById(id))!.passwordHash).toBe(hash);
    expect(lines).toEqual([expect.stringMatching(`The password hash of user ${id} could not be .*too long`)]);
    expect(lines.join()).not.toContain('lk1$');
  });

  class Refusing extends InMemoryUserStore {
    override replacePasswordHash = async () => false;
  }
  class Failing extends InMemoryUserStore {
    override async replacePasswordHash(_id: string, _expected: string, next: string): Promise<boolean> {
      throw new Error(`No permission: UPDATE users SET hash = '${next}'`);
    }
  }
  class Breaking extends InMemoryUserStore {
    override async replacePasswordHash(): Promise<boolean> {
      throw 'read only';
    }
  }

  it.each([
    ['returns false', Refusing, /replacePasswordHash returned false for a hash of 66 characters/],
    ['throws', Failing, /No permission: UPDATE users SET hash = '…'/],
    ['throws something that is no error', Breaking, /read only/],
  ])(
    'in a store that %s: the login succeeds with one session, and a line says why',
    async (_, userStore, why) => {
      const store = await start({ parts: { userStore } });
      const { email } = await importUser(store, await bcrypt.hash(PASSWORD, 4));
      expect(await login(email, PASSWORD)).toBe(200);
      expect(await sessions()).toBe(1);
      expect(lines).toEqual([expect.stringMatching(why)]);
    },
  );

  it('because a parallel login was faster is not worth a line', async () => {
    const store = await start();
    const { email } = await importUser(store, await bcrypt.hash(PASSWORD, 4));
    const statuses = await Promise.all(Array.from({ length: 4 }, () => login(email, PASSWORD)));
    expect(statuses).toContain(200);
    expect(lines).toEqual([]);
  });
});
