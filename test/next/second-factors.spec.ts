import { factorsOf, passkeysOf, withStepUp } from '../../src/client/account.js';
import { createLatchkeyClient } from '../../src/client/latchkey-client.js';
import { createLatchkeyNext, type RouteHandlers } from '../../src/next/latchkey-next.js';
import { FakeAuthenticator } from '../client/support/fake-authenticator.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { codeFor, mfaOptions, rest } from '../support/second-factors.js';

const ORIGIN = 'https://app.example.com';

let host: Host;
let handlers: RouteHandlers;
beforeAll(async () => {
  host = await startHost({
    options: { mfa: mfaOptions(), passkeys: { rpId: 'example.com', origins: [ORIGIN] } },
  });
  handlers = createLatchkeyNext({ url: host.client.url, secureCookies: false }).handlers;
});
afterAll(() => host?.close());

/** A browser in front of the Next.js app. */
function browser(answer: (request: Request) => Promise<Response> = (request) => handlers.all(request)) {
  const jar = new Map<string, string>();
  const send = async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
    const request = new Request(input, init);
    request.headers.set('sec-fetch-site', 'same-origin');
    request.headers.set('cookie', [...jar, ['other', 'x']].map((pair) => pair.join('=')).join('; '));
    const response = await answer(request);
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value) jar.set(name, value);
      else jar.delete(name);
    }
    return response;
  };
  const client = createLatchkeyClient({
    baseUrl: `${ORIGIN}/api`,
    transport: 'cookie',
    fetch: send as typeof fetch,
  });
  return { jar, client, send };
}

const names = (jar: Map<string, string>) => [...jar.keys()].toSorted();

it('the client signs in with a second factor through the Next.js app, and trusts the browser', async () => {
  const { jar, client } = browser();
  const credentials = { email: newEmail(), password: PASSWORD };
  const { id: userId } = (await client.register(credentials)) as { id: string };
  const factors = factorsOf(client);
  const { id, secret } = await factors.addTotp({ name: 'Phone' });
  const { recoveryCodes } = await factors.confirmTotp(id, { code: codeFor(secret) });
  expect(recoveryCodes).toHaveLength(10);
  await client.logout();

  await rest(host, userId);
  expect(await client.login(credentials)).toMatchObject({ outcome: 'mfa-required' });
  expect(names(jar)).toEqual(['device', 'mfa']);
  await expect(client.loginWithFactor({ recoveryCode: 'wrong' })).rejects.toMatchObject({
    code: 'INVALID_CODE',
  });
  expect(names(jar)).toEqual(['device', 'mfa']);
  const step = { code: codeFor(secret), trustDevice: true };
  expect(await client.loginWithFactor(step)).toMatchObject({ outcome: 'signed-in' });
  expect(names(jar)).toEqual(['access', 'device', 'refresh', 'trusted']);
  await client.logout();
  expect(await client.login(credentials)).toMatchObject({ outcome: 'signed-in' });
  expect(await client.getUser()).toMatchObject({ id: userId });

  const [device] = await factors.devices();
  await factors.removeDevice(device!.id);
  expect(await factors.devices()).toEqual([]);
  await rest(host, userId);
  const auth = withStepUp(client, async () => ({ code: codeFor(secret) }));
  expect((await factorsOf(auth).renewRecoveryCodes()).recoveryCodes).toHaveLength(10);
  expect(await factors.list()).toMatchObject([{ id, name: 'Phone' }, { remaining: 10 }]);
  await expect(factors.remove('unknown')).rejects.toMatchObject({ status: expect.any(Number) });
});

it('the client uses passkeys through the Next.js app', async () => {
  const authenticator = new FakeAuthenticator(ORIGIN);
  authenticator.install();
  try {
    const { client } = browser();
    const credentials = { email: newEmail(), password: PASSWORD };
    await client.register(credentials);
    const [factors, passkeys] = [factorsOf(client), passkeysOf(client)];
    const { id } = await factors.addPasskey();
    await factors.renamePasskey(id, 'Laptop');
    await factors.signalPasskeys();
    expect(authenticator.signals).toHaveLength(2);
    await client.logout();

    expect(await passkeys.signIn()).toMatchObject({ outcome: 'signed-in' });
    await client.logout();
    expect(await client.login(credentials)).toMatchObject({ outcome: 'mfa-required' });
    const passkey = await passkeys.answer();
    expect(await client.loginWithFactor({ passkey })).toMatchObject({ outcome: 'signed-in' });
    const auth = withStepUp(client, async () => ({ passkey: await passkeys.answerStepUp() }));
    await factorsOf(auth).remove(id);
    expect(await factors.list()).toEqual([]);
  } finally {
    authenticator.uninstall();
  }
});

const call = (path: string, method = 'POST', headers: Record<string, string> = {}) =>
  new Request(`${ORIGIN}${path}`, {
    method,
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json', ...headers },
    ...(method !== 'GET' && { body: '{}' }),
  });
const codeOf = async (answer: Promise<Response>) => {
  const { status } = await answer;
  return [status, ((await (await answer).json()) as { error: string }).error];
};

it.each<[keyof RouteHandlers, string, string]>([
  ['listFactors', 'GET', '/api/auth/factors'],
  ['removeFactor', 'DELETE', '/api/mine/factors/4b6c'],
  ['renewRecoveryCodes', 'POST', '/anywhere'],
  ['passkeySignals', 'GET', '/api/auth/passkeys/signals'],
  ['renamePasskey', 'PATCH', '/passkeys/4b6c/'],
  ['removeDevice', 'DELETE', '/api/auth/devices/4b6c'],
  ['stepUpOptions', 'POST', '/api/auth/step-up/options'],
  ['getUser', 'GET', '/api/auth/me'],
])('the handler %s asks the service, and refuses other sites', async (name, method, path) => {
  expect(await codeOf(handlers[name](call(path, method)))).toEqual([401, 'TOKEN_MISSING']);
  const foreign = call(path, method, { 'sec-fetch-site': 'cross-site' });
  expect(await codeOf(handlers[name](foreign))).toEqual([403, 'CSRF_REJECTED']);
});

it.each([
  ['GET', '/api/auth/login'],
  ['POST', '/api/auth/nowhere'],
  ['POST', '/api/auth/'],
  ['POST', '/login'],
  ['DELETE', '/api/auth/factors'],
  ['DELETE', '/api/auth/factors/..%2fme'],
  ['DELETE', '/api/auth/factors/%2e%2e/me/restore'],
  ['POST', '/api/auth/auth/../../users'],
  ['POST', '/api/auth/totp//confirm'],
])('there is no call %s %s', async (method, path) => {
  expect(await codeOf(handlers.all(call(path, method)))).toEqual([404, 'NOT_FOUND']);
});

it('a handler with an id needs it at the end of the address', async () => {
  expect(await codeOf(handlers.removeFactor(call('/api/factors', 'DELETE')))).toEqual([404, 'NOT_FOUND']);
  expect(await codeOf(handlers.confirmTotp(call('/api/totp/a%2fb/confirm')))).toEqual([404, 'NOT_FOUND']);
});
