import { FactorReset, FactorSecrets } from '../../../src/index.js';
import { PASSWORD } from '../../support/client.js';
import { type Host, startHost } from '../../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';
import { enrolled, forgive, mfaOptions, rest, signIn, ticketFor } from '../../support/second-factors.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database?.drop());

const [older, newer] = [mfaOptions().encryptionSecrets, mfaOptions().encryptionSecrets] as [string, string];

async function within<T>(encryptionSecrets: string[], work: (host: Host) => Promise<T>): Promise<T> {
  const host = await startHost({
    databaseUrl: database.url,
    options: { mfa: { encryptionSecrets, resetDelay: '0s' } },
  });
  try {
    return await work(host);
  } finally {
    await host.close();
  }
}

it('secrets of authenticator apps move to a new encryption secret, and then need the old one no more', async () => {
  const user = await within([older], enrolled);
  await within([newer], async (host) => {
    // Without the secret, no code is right; nothing fails in another way.
    expect((await signIn(host, user)).body.error).toBe('INVALID_CODE');
    await forgive(host, user.id);
    expect(await host.app.get(FactorSecrets).rotate()).toEqual({ renewed: 0, unreadable: 1, waiting: false });
  });
  await within([newer, older], async (host) => {
    expect((await signIn(host, user)).status).toBe(200);
    expect(await host.app.get(FactorSecrets).rotate()).toEqual({ renewed: 1, unreadable: 0, waiting: false });
    expect(await host.app.get(FactorSecrets).rotate()).toEqual({ renewed: 0, unreadable: 0, waiting: false });
  });
  await within([newer], async (host) => {
    await rest(host, user.id);
    expect((await signIn(host, user)).status).toBe(200);
  });
});

it('an operator removes all factors of somebody who has lost them, and their sessions end', async () => {
  await within([newer], async (host) => {
    const user = await enrolled(host);
    const factors = host.app.get(FactorReset);
    expect((await factors.listOf(user.id)).map(({ kind }) => kind)).toEqual(['totp', 'recovery-codes']);
    const ticket = await ticketFor(host, user.email);
    expect(await factors.request(user.id)).toEqual({ at: expect.any(Date) });
    expect(await factors.request('nobody')).toBeNull();
    expect((await host.client.get('/auth/me', { token: user.token })).status).toBe(401);
    const late = { mfaToken: ticket, recoveryCode: user.recoveryCodes[0] };
    expect((await host.client.post('/auth/login/mfa', late)).body.error).toBe('ACTION_TOKEN_INVALID');
    const login = await host.client.post('/auth/login', { email: user.email, password: PASSWORD });
    expect(login.status).toBe(200);
  });
});
