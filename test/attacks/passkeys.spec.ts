import { randomBytes } from 'node:crypto';
import { AccountAdmin, AuthEvents, type AuthEvent } from '../../src/index.js';
import { MailSink, type Misbehavior, SoftwareAuthenticator } from '../../src/testing/index.js';
import { mutated } from '../support/mutated.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { codeFor } from '../support/second-factors.js';

const ORIGIN = 'https://app.example.com';
const APP = `android:apk-key-hash:${Buffer.alloc(32, 1).toString('base64url')}`;

let host: Host;
const mails = new MailSink();
const events: AuthEvent[] = [];
beforeAll(async () => {
  host = await startHost({
    options: {
      publicUrl: 'https://auth.example.com',
      accounts: {},
      mail: { from: 'no-reply@example.com', transport: mails },
      mfa: { encryptionSecrets: [randomBytes(32).toString('hex')] },
      passkeys: { rpId: 'example.com', origins: [ORIGIN, APP] },
    },
  });
  host.app.get(AuthEvents).subscribe((event) => void events.push(event));
});
afterAll(() => host?.close());

interface Person {
  email: string;
  id: string;
  token: string;
}

async function person(): Promise<Person> {
  const email = newEmail();
  const { body } = await host.client.post('/auth/register', { email, password: PASSWORD });
  return { email, id: body.user.id, token: body.accessToken };
}

const optionsFor = async ({ token }: Person) =>
  (await host.client.post('/auth/passkeys/options', undefined, { token })).body;

async function add(owner: Person, authenticator: SoftwareAuthenticator, wrong?: Misbehavior, more = {}) {
  const { ticket, options } = await optionsFor(owner);
  const response = authenticator.create(options, wrong);
  const body = { ticket, name: 'My key', response, ...more };
  return host.client.post('/auth/passkeys', body, { token: owner.token });
}

/** Somebody with a passkey. */
async function owner(settings: Partial<ConstructorParameters<typeof SoftwareAuthenticator>[0]> = {}) {
  const someone = await person();
  const authenticator = new SoftwareAuthenticator({ origin: ORIGIN, ...settings });
  const { status, body } = await add(someone, authenticator);
  expect([status, body]).toEqual([201, expect.objectContaining({ name: 'My key' })]);
  return { ...someone, authenticator, passkeyId: body.id as string };
}

const loginOptions = async () => (await host.client.post('/auth/login/passkey/options')).body;
const send = (body: object) => host.client.post('/auth/login/passkey', body);

async function login(authenticator: SoftwareAuthenticator, wrong?: Misbehavior, more = {}) {
  const { ticket, options } = await loginOptions();
  return send({ ticket, response: authenticator.get(options, wrong), ...more });
}

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
const codeOf = ({ status, body }: { status: number; body: { error?: string } }) => `${status} ${body.error}`;
const PK = '401 PASSKEY_REJECTED';
const reasons = () => events.flatMap((event) => (event.type === 'passkey-rejected' ? [event.reason] : []));

describe('a passkey', () => {
  it.each([-8, -7, -257] as const)(
    'logs its owner in without a user name, with algorithm %s',
    async (algorithm) => {
      const { email, authenticator } = await owner({ algorithm, counts: true, backup: 'never' });
      for (const _ of [1, 2]) {
        const { status, body } = await login(authenticator);
        expect([status, body.user.email]).toEqual([200, email]);
        expect(claimsOf(body.accessToken)).toMatchObject({ acr: 'phr', amr: ['hwk', 'user', 'mfa'] });
      }
    },
  );

  it('is asked for without naming anybody', async () => {
    const { options } = await loginOptions();
    expect(options).toEqual({
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      rpId: 'example.com',
      timeout: 300_000,
      allowCredentials: [],
      userVerification: 'required',
    });
  });

  it('raises the session in which it is added, ends the others, and comes with a mail', async () => {
    const someone = await person();
    const other = await host.client.post('/auth/login', { email: someone.email, password: PASSWORD });
    const added = await add(someone, new SoftwareAuthenticator({ origin: ORIGIN }));
    expect([added.status, added.body.recoveryCodes.length]).toEqual([201, 10]);
    const refresh = await host.client.post('/auth/refresh', { refreshToken: other.body.refreshToken });
    expect(codeOf(refresh)).toBe('401 TOKEN_REVOKED');
    await mails.next('security-notice', { to: someone.email, within: 30_000 });
  });

  it('is listed, renamed, signaled and removed', async () => {
    const { token: _, email, authenticator, passkeyId } = await owner();
    const { accessToken: token } = (await login(authenticator)).body;
    const call = { token };
    const renamed = await host.client.call(`/auth/passkeys/${passkeyId}`, {
      method: 'PATCH',
      body: { name: 'Phone' },
      token,
    });
    expect([renamed.status, renamed.body]).toEqual([200, { id: passkeyId, name: 'Phone' }]);
    const factors = (await host.client.get('/auth/factors', call)).body;
    expect(factors).toContainEqual(
      expect.objectContaining({ id: passkeyId, kind: 'passkey', name: 'Phone', synced: true }),
    );
    const signals = (await host.client.get('/auth/passkeys/signals', call)).body;
    const [id, { userHandle }] = [...authenticator.passkeys][0]!;
    expect(signals).toEqual({
      rpId: 'example.com',
      userId: userHandle,
      allAcceptedCredentialIds: [id],
      name: email,
      displayName: email,
    });
    const removed = await host.client.call(`/auth/factors/${passkeyId}`, { method: 'DELETE', token });
    expect(removed.status).toBe(204);
    const gone = await login(authenticator);
    expect([codeOf(gone), gone.body.unknownCredential]).toEqual([
      '401 INVALID_CREDENTIALS',
      { rpId: 'example.com', credentialId: id },
    ]);
  });

  it('of somebody else is not renamed', async () => {
    const { passkeyId } = await owner();
    const { token } = await person();
    const call = { method: 'PATCH', body: { name: 'Mine' }, token };
    expect((await host.client.call(`/auth/passkeys/${passkeyId}`, call)).status).toBe(404);
    expect((await host.client.call('/auth/passkeys/nonsense', call)).status).toBe(404);
  });

  it('is a second factor after the password, and steps a session up', async () => {
    const { email, authenticator } = await owner();
    const first = await host.client.post('/auth/login', { email, password: PASSWORD });
    expect([codeOf(first), first.body.methods]).toEqual([
      '401 MFA_REQUIRED',
      expect.arrayContaining(['passkey']),
    ]);
    const { mfaToken } = first.body;
    const { ticket, options } = (await host.client.post('/auth/login/mfa/options', { mfaToken })).body;
    expect(options.allowCredentials.map(({ id }: { id: string }) => id)).toEqual([
      ...authenticator.passkeys.keys(),
    ]);
    const passkey = { ticket, response: authenticator.get(options, { userHandle: null }) };
    const done = await host.client.post('/auth/login/mfa', { mfaToken, passkey });
    expect([done.status, claimsOf(done.body.accessToken).acr]).toEqual([200, 'phr']);
    const token = done.body.accessToken as string;
    const step = (await host.client.post('/auth/step-up/options', undefined, { token })).body;
    const response = authenticator.get(step.options);
    const up = await host.client.post(
      '/auth/step-up',
      { passkey: { ticket: step.ticket, response } },
      { token },
    );
    expect([up.status, claimsOf(up.body.accessToken).acr]).toEqual([200, 'phr']);
    const again = await host.client.post(
      '/auth/step-up',
      { passkey: { ticket: step.ticket, response } },
      { token },
    );
    expect(codeOf(again)).toBe(PK);
  });

  it('A252: says of a session without a password neither that there was one nor less than before', async () => {
    const { authenticator } = await owner();
    const { accessToken: token, refreshToken } = (await login(authenticator)).body;
    const began = { acr: 'phr', amr: ['swk', 'user', 'mfa'] };
    expect(claimsOf(token)).toMatchObject(began);
    const begun = (await host.client.post('/auth/totp', {}, { token })).body;
    const code = codeFor(begun.secret);
    expect((await host.client.post(`/auth/totp/${begun.id}/confirm`, { code }, { token })).status).toBe(200);
    const refreshed = (await host.client.post('/auth/refresh', { refreshToken })).body.accessToken as string;
    expect(claimsOf(refreshed)).toMatchObject(began);
    const step = await host.client.post('/auth/step-up', { code: codeFor(begun.secret, 1) }, { token });
    expect(claimsOf(step.body.accessToken)).toMatchObject({ acr: 'mfa', amr: ['otp', 'mfa'] });
  });

  it('A247: is not added with a password alone beside another factor', async () => {
    const someone = await owner();
    const answer = await host.client.post('/auth/passkeys/options', undefined, { token: someone.token });
    expect(codeOf(answer)).toBe('401 STEP_UP_REQUIRED');
  });
});

describe('A255: a challenge', () => {
  it('works once, whatever became of the response', async () => {
    const { authenticator } = await owner();
    const { ticket, options } = await loginOptions();
    const response = authenticator.get(options);
    const bad = authenticator.get(options, { badSignature: true });
    expect(codeOf(await send({ ticket, response: bad }))).toBe(PK);
    expect(codeOf(await send({ ticket, response }))).toBe(PK);
    const fresh = await loginOptions();
    const good = { ticket: fresh.ticket, response: authenticator.get(fresh.options) };
    expect((await send(good)).status).toBe(200);
    expect(codeOf(await send(good))).toBe(PK);
  });

  it('of one ceremony is none for another', async () => {
    const { authenticator, token, email } = await owner();
    const { mfaToken } = (await host.client.post('/auth/login', { email, password: PASSWORD })).body;
    const offers = [
      (await host.client.post('/auth/step-up/options', undefined, { token })).body,
      (await host.client.post('/auth/login/mfa/options', { mfaToken })).body,
      await optionsFor(await person()),
    ];
    for (const { ticket, options } of offers) {
      const { challenge } = options;
      const response = authenticator.get({ challenge, rpId: 'example.com' });
      expect(codeOf(await send({ ticket, response }))).toBe(PK);
    }
  });

  it('of somebody else, of another session, of nobody, or expired, is none', async () => {
    const [one, other] = [await person(), await person()];
    const authenticator = new SoftwareAuthenticator({ origin: ORIGIN });
    const { ticket, options } = await optionsFor(one);
    const response = authenticator.create(options);
    const stolen = await host.client.post('/auth/passkeys', { ticket, response }, { token: other.token });
    expect(codeOf(stolen)).toBe(PK);
    const again = await optionsFor(one);
    const second = await host.client.post('/auth/login', { email: one.email, password: PASSWORD });
    const inOther = { ticket: again.ticket, response: authenticator.create(again.options) };
    expect(
      codeOf(await host.client.post('/auth/passkeys', inOther, { token: second.body.accessToken })),
    ).toBe(PK);
    const own = {
      ticket,
      response: authenticator.create({ ...options, challenge: randomBytes(32).toString('base64url') }),
    };
    expect(codeOf(await host.client.post('/auth/passkeys', own, { token: one.token }))).toBe(PK);
    const late = await optionsFor(one);
    await host.database.query(
      `UPDATE auth_actions SET expires_at = now() - interval '1 second' WHERE id = $1`,
      [late.ticket],
    );
    const body = { ticket: late.ticket, response: authenticator.create(late.options) };
    expect(codeOf(await host.client.post('/auth/passkeys', body, { token: one.token }))).toBe(PK);
  });

  it('padded, or with a ticket that is none, is refused', async () => {
    const { authenticator } = await owner();
    const { ticket, options } = await loginOptions();
    const padded = authenticator.get(options, { challenge: `${options.challenge}=` });
    expect(codeOf(await send({ ticket, response: padded }))).toBe(PK);
    const response = authenticator.get(options);
    for (const none of ['', 'x', `${ticket}0`, ticket.toUpperCase().slice(1)])
      expect(codeOf(await send({ ticket: none, response }))).toBe(PK);
    expect((await send({ ticket, response })).status).toBe(200);
  });
});

describe('is refused at a login', () => {
  let authenticator: SoftwareAuthenticator;
  beforeAll(async () => {
    ({ authenticator } = await owner({ algorithm: -7 }));
  });

  it.each<[string, Misbehavior, string]>([
    ['A256: a subdomain that is not listed', { origin: 'https://evil.example.com' }, 'origin'],
    ['A256: http', { origin: 'http://app.example.com' }, 'origin'],
    ['A256: another port', { origin: `${ORIGIN}:444` }, 'origin'],
    ['A256: a suffix', { origin: `${ORIGIN}.evil.test` }, 'origin'],
    ['A256: upper case', { origin: 'https://App.example.com' }, 'origin'],
    ['A256: another Android app', { origin: APP.slice(0, -1) + 'A' }, 'origin'],
    ['A256: the rpId of the parent', { rpId: 'com' }, 'rp-id'],
    ['A256: the rpId of a sibling', { rpId: 'app.example.com' }, 'rp-id'],
    ['A258: no user verification', { userVerified: false }, 'user-verification'],
    ['A258: no user presence', { userPresent: false }, 'user-verification'],
    ['A258: backed up but not eligible', { backup: 'impossible' }, 'backup-state'],
    ['A258: another eligibility', { backup: 'never' }, 'backup-state'],
    [
      'a page in a foreign page',
      { clientData: { crossOrigin: true, topOrigin: 'https://evil.test' } },
      'origin',
    ],
    ['the handle of somebody else', { userHandle: randomBytes(32).toString('base64url') }, 'user-handle'],
    ['no handle', { userHandle: null }, 'user-handle'],
    ['a bad signature', { badSignature: true }, 'signature'],
    ['A255: a registration', { type: 'webauthn.create' }, 'type'],
  ])('%s', async (_, wrong, reason) => {
    expect(codeOf(await login(authenticator, wrong))).toBe(PK);
    expect(reasons().at(-1)).toBe(reason);
  });

  it('but not a listed Android app', async () => {
    expect((await login(authenticator, { origin: APP })).status).toBe(200);
  });
});

describe('A261: a counter', () => {
  it('that goes back with a good signature suspends the passkey, and its owner is told', async () => {
    const { email, authenticator, token, passkeyId } = await owner({ counts: true });
    const clone = authenticator.clone();
    for (const _ of [1, 2]) expect((await login(authenticator)).status).toBe(200);
    expect(codeOf(await login(clone, { badSignature: true }))).toBe(PK);
    expect(codeOf(await login(clone))).toBe(PK);
    expect(reasons().at(-1)).toBe('counter');
    expect(events).toContainEqual(expect.objectContaining({ type: 'passkey-suspended', passkeyId }));
    await mails.next('security-notice', { to: email, within: 30_000 });
    const told = await mails.next('security-notice', { to: email, within: 30_000 });
    expect(told.text).toContain('suspended');
    expect(codeOf(await login(authenticator))).toBe(PK);
    const factors = (await host.client.get('/auth/factors', { token })).body;
    expect(factors).toContainEqual(expect.objectContaining({ id: passkeyId, suspended: true }));
    expect((await host.client.post('/auth/login', { email, password: PASSWORD })).body.error).toBe(
      'MFA_REQUIRED',
    );
  });

  it('that goes back with a bad signature changes nothing', async () => {
    const { authenticator } = await owner({ counts: true });
    expect((await login(authenticator)).status).toBe(200);
    expect(codeOf(await login(authenticator, { counter: 1, badSignature: true }))).toBe(PK);
    expect((await login(authenticator)).status).toBe(200);
  });

  it('of 0 may stay, and one that returns to 0 goes back', async () => {
    const { authenticator } = await owner();
    for (const _ of [1, 2]) expect((await login(authenticator)).status).toBe(200);
    const counting = await owner({ counts: true });
    expect((await login(counting.authenticator)).status).toBe(200);
    expect(codeOf(await login(counting.authenticator, { counter: 0 }))).toBe(PK);
    expect(codeOf(await login(counting.authenticator))).toBe(PK);
  });
});

describe('A262: a registration is refused', () => {
  it.each<[string, Misbehavior]>([
    ['with an algorithm that was not offered', { algorithm: -35 }],
    ['with an id of 1,024 bytes', { credentialId: randomBytes(1_024).toString('base64url') }],
    ['without user verification', { userVerified: false }],
    ['from another origin', { origin: 'https://evil.example.com' }],
    ['as a signature', { type: 'webauthn.get' }],
    ['with an attestation', { attestation: { format: 'fido-u2f', statement: new Map() } }],
  ])('%s', async (_, wrong) => {
    const someone = await person();
    const authenticator = new SoftwareAuthenticator({ origin: ORIGIN });
    expect(codeOf(await add(someone, authenticator, wrong))).toBe(PK);
    expect((await host.client.get('/auth/factors', { token: someone.token })).body).toEqual([]);
  });

  it('with the credential of somebody else, or one of their own', async () => {
    const { authenticator } = await owner();
    const [credentialId] = [...authenticator.passkeys.keys()] as [string];
    const thief = new SoftwareAuthenticator({ origin: ORIGIN });
    expect(codeOf(await add(await person(), thief, { credentialId }))).toBe(PK);
    expect((await login(authenticator)).status).toBe(200);
    const { accessToken: token } = (await login(authenticator)).body;
    const { ticket, options } = (await host.client.post('/auth/passkeys/options', undefined, { token })).body;
    expect(options.excludeCredentials).toEqual([expect.objectContaining({ id: credentialId })]);
    const response = authenticator.clone().create(options, { credentialId, ignoreExcluded: true });
    expect(codeOf(await host.client.post('/auth/passkeys', { ticket, response }, { token }))).toBe(PK);
  });

  it('with a body of 10 MB, at any depth', async () => {
    const someone = await person();
    const { ticket, options } = await optionsFor(someone);
    const response = new SoftwareAuthenticator({ origin: ORIGIN }).create(options);
    response.response.attestationObject = 'A'.repeat(10_000_000);
    const { status } = await host.client.post(
      '/auth/passkeys',
      { ticket, response },
      { token: someone.token },
    );
    expect([401, 413]).toContain(status);
  });
});

describe('A263: two parallel logins with one response', () => {
  it('start one session', async () => {
    const { id, authenticator } = await owner();
    const { ticket, options } = await loginOptions();
    const body = { ticket, response: authenticator.get(options) };
    const before = await sessionsOf(id);
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(401)]);
    expect(await sessionsOf(id)).toBe(before + 1);
  });

  const sessionsOf = async (userId: string) =>
    (await host.database.query(`SELECT 1 FROM refresh_tokens WHERE user_id = $1`, [userId])).length as number;
});

it('A264: a disabled account and a closed one are answered like an unknown passkey', async () => {
  const disabled = await owner();
  const closing = await owner();
  await host.app.get(AccountAdmin).disable(disabled.id);
  const { accessToken: token } = (await login(closing.authenticator)).body;
  expect((await host.client.call('/auth/me', { method: 'DELETE', token })).status).toBe(202);
  const stranger = new SoftwareAuthenticator({ origin: ORIGIN });
  stranger.create((await optionsFor(await person())).options);
  const bodies = [];
  for (const { authenticator } of [disabled, closing, { authenticator: stranger }]) {
    const { status, body } = await login(authenticator);
    const [credentialId] = authenticator.passkeys.keys();
    expect(body.unknownCredential).toEqual({ rpId: 'example.com', credentialId });
    bodies.push([status, { ...body, requestId: '', unknownCredential: '' }]);
  }
  expect(bodies[0]).toEqual([401, expect.objectContaining({ error: 'INVALID_CREDENTIALS' })]);
  expect(bodies[1]).toEqual(bodies[0]);
  expect(bodies[2]).toEqual(bodies[0]);
});

it('A282: a foreign page cannot add a passkey by the cookies of the user, or log in by them', async () => {
  const email = newEmail();
  const cookies = { 'x-auth-transport': 'cookie' };
  const { cookies: set } = await host.client.post(
    '/auth/register',
    { email, password: PASSWORD },
    { headers: cookies },
  );
  const cookie = Object.entries(set)
    .map(([name, { value }]) => `${name}=${value}`)
    .join('; ');
  const headers = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' };
  for (const path of [
    '/auth/passkeys/options',
    '/auth/passkeys',
    '/auth/step-up/options',
    '/auth/login/passkey',
  ]) {
    const answer = await host.client.post(
      path,
      { ticket: 'x', response: {} },
      { cookie, headers: { ...headers, ...cookies } },
    );
    expect([path, codeOf(answer)]).toEqual([path, '403 CSRF_REJECTED']);
  }
});

it('never fails with 500, whatever the response consists of', async () => {
  const { authenticator } = await owner({ algorithm: -7 });
  const tryLogin = async (seed: number) => {
    const { ticket, options } = await loginOptions();
    return send({ ticket, response: mutated(authenticator.get(options), seed) });
  };
  const tryAdding = async (someone: Person, seed: number) => {
    const { ticket, options } = await optionsFor(someone);
    if (!options) return undefined;
    const response = mutated(new SoftwareAuthenticator({ origin: ORIGIN }).create(options), seed);
    return host.client.post('/auth/passkeys', { ticket, response }, { token: someone.token });
  };
  const statuses: (number | undefined)[] = [];
  for (let seed = 0; seed < 100; seed += 10) {
    const someone = await person();
    const seeds = Array.from({ length: 10 }, (_, i) => seed + i);
    const answers = await Promise.all(seeds.flatMap((each) => [tryLogin(each), tryAdding(someone, each)]));
    statuses.push(...answers.map((answer) => answer?.status));
  }
  expect(statuses).toContain(401);
  expect(statuses.filter((status) => status && ![200, 201, 400, 401].includes(status))).toEqual([]);
}, 120_000);
