import { Controller, Post, UseGuards } from '@nestjs/common';
import { accountOf, factorsOf, passkeysOf, withStepUp } from '../../src/client/account.js';
import { createLatchkeyClient, type LatchkeyClient } from '../../src/client/latchkey-client.js';
import { JwtAuthGuard, StepUp } from '../../src/index.js';
import { claimsOf } from '../support/age-session.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { mfaOptions } from '../support/second-factors.js';
import { until } from '../support/until.js';
import { fetchWithCookies } from './support/cookie-jar.js';
import { FakeAuthenticator } from './support/fake-authenticator.js';

const ORIGIN = 'https://app.example.com';

@UseGuards(JwtAuthGuard)
@Controller('vault')
class VaultController {
  @StepUp({ acr: 'phr' })
  @Post()
  open() {
    return { opened: true };
  }
}

let host: Host;
beforeAll(async () => {
  host = await startHost({
    controllers: [VaultController],
    options: { mfa: mfaOptions(), passkeys: { rpId: 'example.com', origins: [ORIGIN] } },
  });
});
afterAll(() => host?.close());

let browser: FakeAuthenticator;
const clients: LatchkeyClient[] = [];
beforeEach(() => {
  browser = new FakeAuthenticator(ORIGIN);
  browser.install();
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  browser.uninstall();
});

function page(transport: 'body' | 'cookie' = 'body') {
  const { fetch } = fetchWithCookies();
  const client = createLatchkeyClient({ baseUrl: host.client.url, transport, fetch });
  clients.push(client);
  return client;
}

/** Somebody with a passkey in this browser, signed in. */
async function owner(transport?: 'body' | 'cookie') {
  const client = page(transport);
  const email = newEmail();
  await client.register({ email, password: PASSWORD });
  const passkey = await factorsOf(client).addPasskey({ name: 'Laptop' });
  return { client, email, passkey };
}

describe('a passkey in the browser', () => {
  it.each(['body', 'cookie'] as const)(
    'is added, and logs its owner in without a name (%s)',
    async (transport) => {
      const { client, email, passkey } = await owner(transport);
      expect(passkey).toEqual({ id: expect.any(String), name: 'Laptop', recoveryCodes: expect.any(Array) });
      await client.logout();
      expect(await passkeysOf(client).signIn()).toMatchObject({ outcome: 'signed-in', email });
      expect(await client.getUser()).toMatchObject({ email });
      expect(await factorsOf(client).list()).toMatchObject([
        { id: passkey.id, kind: 'passkey', lastUsedAt: expect.any(String), synced: true },
        { kind: 'recovery-codes' },
      ]);
    },
  );

  it('is not added twice', async () => {
    const { client } = await owner();
    await expect(factorsOf(client).addPasskey()).rejects.toThrow('InvalidStateError');
  });

  it.each(['body', 'cookie'] as const)('answers after the password (%s)', async (transport) => {
    const { client, email } = await owner(transport);
    await client.logout();
    const outcome = await client.login({ email, password: PASSWORD });
    expect(outcome).toMatchObject({ outcome: 'mfa-required', methods: ['passkey', 'recovery-codes'] });
    const { mfaToken } = outcome as { mfaToken?: string };
    const passkey = await passkeysOf(client).answer({ mfaToken });
    expect(await client.loginWithFactor({ mfaToken, passkey })).toMatchObject({
      outcome: 'signed-in',
      email,
    });
  });

  it('answers when an action needs it', async () => {
    const { client, email, passkey: added } = await owner();
    await client.logout();
    const { mfaToken } = (await client.login({ email, password: PASSWORD })) as { mfaToken: string };
    await client.loginWithFactor({ mfaToken, recoveryCode: added.recoveryCodes![0]! });
    const passkeys = passkeysOf(client);
    const asked: object[] = [];
    const auth = withStepUp(client, async (needed) => {
      asked.push(needed);
      return { passkey: await passkeys.answerStepUp() };
    });
    expect((await auth.fetch('vault', { method: 'POST' })).status).toBe(201);
    expect(asked).toEqual([{ acrValues: ['phr'], maxAge: 300 }]);
    expect(claimsOf((await client.getAccessToken())!).acr).toBe('phr');
    // A response is good for one step-up.
    const passkey = await passkeys.answerStepUp();
    const account = accountOf(client);
    await account.stepUp({ passkey });
    await expect(account.stepUp({ passkey })).rejects.toMatchObject({ code: 'PASSKEY_REJECTED' });
    expect(await client.getUser()).toMatchObject({ email });
  });

  it('is renamed and removed, after which the browser knows which are left', async () => {
    const { client, email, passkey } = await owner();
    const factors = factorsOf(client);
    await factors.renamePasskey(passkey.id, 'Phone');
    expect(await factors.list()).toMatchObject([{ name: 'Phone' }, {}]);
    const [credentialId] = browser.authenticator.passkeys.keys();
    const { userHandle } = browser.authenticator.passkeys.get(credentialId!)!;
    const account = { rpId: 'example.com', userId: userHandle };

    await factors.signalPasskeys();
    expect(browser.signals.splice(0)).toEqual([
      ['signalAllAcceptedCredentials', { ...account, allAcceptedCredentialIds: [credentialId] }],
      ['signalCurrentUserDetails', { ...account, name: email, displayName: email }],
    ]);
    await factors.remove(passkey.id);
    await factors.signalPasskeys();
    expect(browser.signals[0]).toMatchObject([expect.anything(), { allAcceptedCredentialIds: [] }]);
  });

  it('asks the service for nothing that the browser cannot be told', async () => {
    const { client } = await owner();
    browser.install({ signals: false });
    const factors = factorsOf({ ...client, fetch: () => Promise.reject(new Error('asked')) });
    await expect(factors.signalPasskeys()).resolves.toBeUndefined();
  });

  it('that nobody has is not offered again: the browser learns it', async () => {
    const { client, passkey } = await owner();
    const [credentialId] = browser.authenticator.passkeys.keys();
    await factorsOf(client).remove(passkey.id);
    await client.logout();
    await expect(passkeysOf(client).signIn()).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
      unknownCredential: { rpId: 'example.com', credentialId },
    });
    expect(browser.signals).toEqual([['signalUnknownCredential', { rpId: 'example.com', credentialId }]]);
    expect(await client.getUser()).toBeNull();
    // Browsers without a Signal API fail in the same way.
    browser.install({ signals: false });
    await expect(passkeysOf(client).signIn()).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  it('of a foreign page is rejected, and the browser goes on offering it', async () => {
    const { client } = await owner();
    await client.logout();
    browser.wrong = { origin: 'https://evil.example.com' };
    await expect(passkeysOf(client).signIn()).rejects.toMatchObject({ code: 'PASSKEY_REJECTED' });
    expect(browser.signals).toEqual([]);
  });
});

describe('a form that offers passkeys', () => {
  it('logs in when the user chooses one', async () => {
    const { client, email } = await owner();
    await client.logout();
    const passkeys = passkeysOf(client);
    expect([await passkeys.available(), await passkeys.conditional()]).toEqual([true, true]);
    browser.choice = () => Promise.resolve();
    expect(await passkeys.signIn({ conditional: true })).toMatchObject({ outcome: 'signed-in', email });
    expect(browser.offered).toBe(1);
  });

  it('offers them with a new challenge before the old one expires', async () => {
    const { client, email } = await owner();
    await client.logout();
    const seen: string[] = [];
    // As the service does, with less time.
    const impatient = {
      ...client,
      fetch: async (...call: Parameters<typeof fetch>) => {
        const { ticket, options } = (await (await client.fetch(...call)).json()) as {
          ticket: string;
          options: object;
        };
        seen.push(ticket);
        return Response.json({ ticket, options: { ...options, timeout: seen.length === 3 ? 300_000 : 20 } });
      },
    };
    browser.choice = () => (seen.length === 3 ? Promise.resolve() : new Promise(() => {}));
    expect(await passkeysOf(impatient).signIn({ conditional: true })).toMatchObject({ email });
    expect(new Set(seen).size).toBe(3);
  });

  it('ends when the page asks in another way, or gives up', async () => {
    const { client, email } = await owner();
    await client.logout();
    const passkeys = passkeysOf(client);
    const waiting = passkeys.signIn({ conditional: true }).catch((error: unknown) => error);
    await until(() => browser.offered === 1);
    expect(await passkeys.signIn()).toMatchObject({ email });
    expect(await waiting).toMatchObject({ name: 'AbortError' });

    const leaving = new AbortController();
    const left = passkeys.signIn({ conditional: true, signal: leaving.signal });
    await until(() => browser.offered === 2);
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    await expect(passkeys.signIn({ signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow(
      'too late',
    );
  });
});

it('a browser without passkeys says so', async () => {
  browser.uninstall();
  const client = page();
  const passkeys = passkeysOf(client);
  expect([await passkeys.available(), await passkeys.conditional()]).toEqual([false, false]);
  await expect(passkeys.signIn()).rejects.toMatchObject({ name: 'NotSupportedError' });
});

it.each([
  ['a page', () => new Response('<p>Sign in to this network')],
  ['no ticket', () => Response.json({ options: {} })],
  ['a list', () => Response.json([])],
  ['null', () => Response.json(null)],
])('options that are %s are no options', async (_, answer) => {
  const client = { ...page(), fetch: async () => answer() };
  await expect(passkeysOf(client).signIn()).rejects.toMatchObject({ code: 'UNKNOWN', status: 200 });
  await expect(factorsOf(client).addPasskey()).rejects.toMatchObject({ code: 'UNKNOWN', status: 200 });
});
