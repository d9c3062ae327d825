import { ActionSecrets } from '../../src/actions/action-tokens.js';
import { accountOf, factorsOf, type LatchkeyFactors, withStepUp } from '../../src/client/account.js';
import {
  createLatchkeyClient,
  type LatchkeyClient,
  type LatchkeyClientOptions,
} from '../../src/client/latchkey-client.js';
import { claimsOf } from '../support/age-session.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { mailsTo, RecordedMails } from '../support/recorded-mails.js';
import { codeFor, mfaOptions, rest, wrongCode } from '../support/second-factors.js';
import { until } from '../support/until.js';
import { fetchWithCookies } from './support/cookie-jar.js';

let host: Host;
let strict: Host;
beforeAll(async () => {
  host = await startHost({ options: { mfa: mfaOptions() } });
  strict = await startHost({
    parts: { accountMails: RecordedMails },
    options: { mfa: { ...mfaOptions(), policy: 'required' }, accounts: {} },
  });
});
afterAll(() => Promise.all([host?.close(), strict?.close()]));

const clients: LatchkeyClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

type Transport = LatchkeyClientOptions['transport'];

/** What an outcome has of the ticket. */
const TICKETS = { body: expect.stringMatching(/^lk_/), cookie: undefined };

function browser(transport: Transport, { client: service }: Host = host) {
  const { fetch, cookies } = fetchWithCookies();
  const open = () => {
    const client = createLatchkeyClient({ baseUrl: service.url, transport, fetch });
    clients.push(client);
    return client;
  };
  return { open, cookies };
}

/** A signed-in user, with an authenticator app that shows a code which has not been used. */
async function withApp(transport: Transport) {
  const { open, cookies } = browser(transport);
  const client = open();
  const email = newEmail();
  const registered = await client.register({ email, password: PASSWORD });
  const { id } = registered as { id: string };
  const app = await addApp(factorsOf(client));
  await rest(host, id);
  return { open, cookies, client, id, email, ...app };
}

async function addApp(factors: LatchkeyFactors, name?: string) {
  const { id: factorId, secret, ...shown } = await factors.addTotp({ name });
  expect(shown).toEqual({
    otpauthUrl: expect.stringMatching('otpauth://'),
    qrSvg: expect.stringMatching('<svg'),
  });
  const confirmed = await factors.confirmTotp(factorId, { code: codeFor(secret) });
  return { factorId, secret, recoveryCodes: confirmed.recoveryCodes };
}

describe.each<Transport>(['body', 'cookie'])('a login with a second factor (%s)', (transport) => {
  it('resolves to the factors of the user, and begins the session for all tabs with the second step', async () => {
    const { open, email, secret, client } = await withApp(transport);
    await client.logout();
    const other = open();
    const begun: string[] = [];
    other.onSignedIn(() => begun.push('begun'));
    expect(await other.getUser()).toBeNull();

    const outcome = await client.login({ email, password: PASSWORD });
    expect(outcome).toEqual({
      outcome: 'mfa-required',
      methods: ['totp', 'recovery-codes'],
      mfaToken: TICKETS[transport],
    });
    expect(client.getSnapshot().status).toBe('signed-out');
    const { mfaToken } = outcome as { mfaToken?: string };

    await expect(client.loginWithFactor({ mfaToken, code: wrongCode(secret) })).rejects.toMatchObject({
      code: 'INVALID_CODE',
    });
    const signedIn = await client.loginWithFactor({ mfaToken, code: codeFor(secret) });
    expect(signedIn).toMatchObject({ outcome: 'signed-in', email });
    await until(() => begun.length > 0);
    expect(begun).toEqual(['begun']);
    expect(await other.getUser()).toMatchObject({ email });
  });

  it('takes a recovery code, once', async () => {
    const { email, recoveryCodes, client } = await withApp(transport);
    const recoveryCode = recoveryCodes![0]!;
    for (const expected of [{ outcome: 'signed-in' }, { code: 'INVALID_CODE' }]) {
      await client.logout();
      const { mfaToken } = (await client.login({ email, password: PASSWORD })) as { mfaToken?: string };
      const end = await client.loginWithFactor({ mfaToken, recoveryCode }).catch((error: unknown) => error);
      expect(end).toMatchObject(expected);
    }
  });

  it('fails without the first step', async () => {
    const client = browser(transport).open();
    await expect(client.loginWithFactor({ code: '123456' })).rejects.toMatchObject({
      code: 'ACTION_TOKEN_INVALID',
    });
    expect(await client.getUser()).toBeNull();
  });

  it('is stopped where a factor is required, until one is added with the mailed code', async () => {
    const client = browser(transport, strict).open();
    const email = newEmail();
    const credentials = { email, password: PASSWORD };
    const stopped = await client.register(credentials);
    const needed = {
      outcome: 'mfa-enrolment-required',
      mfaToken: TICKETS[transport],
    };
    expect(stopped).toEqual(needed);
    const outcome = await client.login(credentials);
    expect(outcome).toEqual(needed);
    const { mfaToken } = outcome as { mfaToken?: string };

    const factors = factorsOf(client);
    const mail = (await mailsTo(strict, email)).findLast(({ template }) => template === 'enrolment-code')!;
    const emailCode = (await strict.app.get(ActionSecrets).issue(mail.actionId!, 'code'))!;
    await expect(factors.addTotp({ mfaToken, emailCode: 'AAAAAAAA' })).rejects.toMatchObject({
      code: 'INVALID_CODE',
    });
    const { id, secret } = await factors.addTotp({ mfaToken, emailCode, name: 'Phone' });
    const { recoveryCodes } = await factors.confirmTotp(id, { mfaToken, emailCode, code: codeFor(secret) });
    expect(recoveryCodes).toHaveLength(10);
    expect(await client.getUser()).toBeNull();

    const next = (await client.login(credentials)) as { mfaToken?: string };
    const code = codeFor(secret, 1);
    expect(await client.loginWithFactor({ mfaToken: next.mfaToken, code })).toMatchObject({ email });
    expect(await factors.list()).toMatchObject([{ id, name: 'Phone' }, { kind: 'recovery-codes' }]);
  });
});

it('a browser that is trusted needs the password only, until it is trusted no longer', async () => {
  const { client, email, secret, cookies } = await withApp('cookie');
  const credentials = { email, password: PASSWORD };
  await client.logout();
  await client.login(credentials);
  expect([...cookies.keys()].filter((name) => /mfa$|trusted$/.test(name))).toEqual(['mfa']);
  await client.loginWithFactor({ code: codeFor(secret), trustDevice: true });
  expect([...cookies.keys()].filter((name) => /mfa$|trusted$/.test(name))).toEqual(['trusted']);

  await client.logout();
  expect(await client.login(credentials)).toMatchObject({ outcome: 'signed-in' });
  const factors = factorsOf(client);
  const [device] = await factors.devices();
  await factors.removeDevice(device!.id);
  expect(await factors.devices()).toEqual([]);
  await expect(factors.removeDevice(device!.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await client.logout();
  expect(await client.login(credentials)).toMatchObject({ outcome: 'mfa-required' });
});

describe('the factors of an account', () => {
  it('raise the session at once: the first one lets the next be added, and codes be renewed', async () => {
    const { client, recoveryCodes } = await withApp('body');
    expect(recoveryCodes).toHaveLength(10);
    expect(claimsOf((await client.getAccessToken())!)).toMatchObject({ acr: 'mfa' });
    const factors = factorsOf(client);
    expect(await addApp(factors, 'Tablet')).toMatchObject({ recoveryCodes: undefined });
    expect(await factors.list()).toMatchObject([
      { kind: 'totp', name: null },
      { kind: 'recovery-codes', remaining: 10 },
      { kind: 'totp', name: 'Tablet', lastUsedAt: expect.any(String) },
    ]);
    const renewed = await factors.renewRecoveryCodes();
    expect(renewed.recoveryCodes).toHaveLength(10);
    expect(renewed.recoveryCodes).not.toEqual(recoveryCodes);
  });

  it('are removed by their ids, after a step-up by a code', async () => {
    const { client, factorId, secret, id } = await withApp('body');
    const asked: object[] = [];
    const factors = factorsOf(
      withStepUp(client, async (needed) => {
        asked.push(needed);
        await rest(host, id);
        return { code: codeFor(secret) };
      }),
    );
    await factors.renewRecoveryCodes(); // lowers the session
    await client.refresh();
    expect(asked).toEqual([]);
    await factors.remove(factorId);
    expect(asked).toEqual([{ acrValues: ['mfa'], maxAge: 300 }]);
    expect(await factors.list()).toEqual([]);
    await expect(factors.renewRecoveryCodes()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('step up by a right code only', async () => {
    const { client, secret } = await withApp('body');
    const account = accountOf(client);
    await expect(account.stepUp({ code: wrongCode(secret) })).rejects.toMatchObject({
      code: 'INVALID_CODE',
      status: 401,
    });
    const before = claimsOf((await client.getAccessToken())!).auth_time;
    await account.stepUp({ code: codeFor(secret) });
    expect(claimsOf((await client.getAccessToken())!)).toMatchObject({ acr: 'mfa' });
    expect(claimsOf((await client.getAccessToken())!).auth_time).toBeGreaterThanOrEqual(before);
    expect(await client.getUser()).not.toBeNull();
  });

  it.each(['', '.', '..'])('are not removed by the id %j', async (id) => {
    const factors = factorsOf(browser('body').open());
    for (const call of ['remove', 'removeDevice'] as const)
      await expect(factors[call](id)).rejects.toThrow(TypeError);
    await expect(factors.confirmTotp(id, { code: '123456' })).rejects.toThrow(TypeError);
    await expect(factors.renamePasskey(id, 'Phone')).rejects.toThrow(TypeError);
  });

  it('keep the recovery codes when the refresh after the first factor fails', async () => {
    const { open } = browser('body');
    const client = open();
    await client.register({ email: newEmail(), password: PASSWORD });
    const factors = factorsOf({ ...client, refresh: () => Promise.reject(new Error('offline')) });
    expect((await addApp(factors)).recoveryCodes).toHaveLength(10);
  });
});
