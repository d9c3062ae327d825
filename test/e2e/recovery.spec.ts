import { Cleanup, type AuthEvent, AuthEvents, FactorReset } from '../../src/index.js';
import { SoftwareAuthenticator } from '../../src/testing/index.js';
import { type Answer, newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';
import { mailsTo, RecordedMails, tokenFor } from '../support/recorded-mails.js';
import {
  codeFor,
  type Enrolled,
  enrolled,
  mfaOptions,
  register,
  rest,
  signIn,
  ticketFor,
} from '../support/second-factors.js';

const passkeys = { rpId: 'example.com', origins: ['https://app.example.com'] };
const DAY = 86_400;

/** What the brakes of a recovery are for. */
const BRAKED = [
  ['another address', 'POST', '/auth/email', { newEmail: 'next@example.com' }],
  ['another authenticator app', 'POST', '/auth/totp', {}],
  ['another passkey', 'POST', '/auth/passkeys/options', {}],
  ['the removal of a factor', 'DELETE', '/auth/factors/:id', undefined],
  ['new recovery codes', 'POST', '/auth/recovery-codes', undefined],
  ['closing', 'DELETE', '/auth/me', undefined],
] as const;

describe.each<[AdapterName]>([['express'], ['fastify']])('losing a factor, on %s', (adapter) => {
  let host: Host;
  const events: AuthEvent[] = [];
  beforeAll(async () => {
    host = await startHost({
      adapter,
      parts: { accountMails: RecordedMails },
      options: {
        mfa: mfaOptions(),
        passkeys,
        accounts: {},
        publicUrl: 'https://auth.example.com',
        cleanupEvery: '0s',
      },
    });
    host.app.get(AuthEvents).subscribe((event) => void events.push(event));
  });
  afterAll(() => host?.close());

  const call = (method: string, path: string, body?: object, token?: string) =>
    host.client.call(path, { method, body, ...(token !== undefined && { token }) });
  const resets = () => host.app.get(FactorReset);
  const cleanUp = () => host.app.get(Cleanup).run();
  const typesOf = (userId: string) =>
    events.filter((event) => event.userId === userId).map(({ type }) => type);
  const cancel = (token: string) => call('POST', '/auth/factors/reset/cancel', { token });
  const linkFor = (email: string) => tokenFor(host, email, 'factors-reset-requested');
  const hasFactor = async ({ email }: { email: string }) =>
    (await call('POST', '/auth/login', { email, password: PASSWORD })).body.error === 'MFA_REQUIRED';

  /** As if so many seconds had passed for one account. */
  const later = (userId: string, seconds: number) =>
    host.database.query(
      `UPDATE auth_accounts SET factors_reset_at = factors_reset_at - make_interval(secs => $2),
         recovered_until = recovered_until - make_interval(secs => $2) WHERE user_id = $1`,
      [userId, seconds],
    );

  /** A login with the password and a recovery code: its tokens. */
  const recover = async (user: Enrolled): Promise<string> => {
    const mfaToken = await ticketFor(host, user.email);
    const recoveryCode = user.recoveryCodes.pop();
    const { status, body } = await call('POST', '/auth/login/mfa', { mfaToken, recoveryCode });
    expect(status).toBe(200);
    return body.accessToken as string;
  };

  /** A login with the password and the authenticator app. */
  const strong = async (user: Enrolled): Promise<string> => {
    await rest(host, user.id);
    return (await signIn(host, user)).body.accessToken as string;
  };

  /** Adds a passkey, and returns a way to get a session from it. */
  const withPasskey = async (token: string) => {
    const authenticator = new SoftwareAuthenticator({ origin: passkeys.origins[0]! });
    const { ticket, options } = (await call('POST', '/auth/passkeys/options', {}, token)).body;
    const added = await call(
      'POST',
      '/auth/passkeys',
      { ticket, response: authenticator.create(options) },
      token,
    );
    expect(added.status).toBe(201);
    return async () => {
      const offered = (await call('POST', '/auth/login/passkey/options', {})).body;
      const response = authenticator.get(offered.options);
      const login = await call('POST', '/auth/login/passkey', { ticket: offered.ticket, response });
      expect(login.status).toBe(200);
      return login.body.accessToken as string;
    };
  };

  const expectPasskeyNeeded = ({ status, headers, body }: Answer) => {
    expect({ status, error: body.error }).toEqual({ status: 401, error: 'STEP_UP_REQUIRED' });
    expect(headers.get('www-authenticate')).toContain('acr_values="phr"');
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(DAY - 60);
    expect(seconds).toBeLessThanOrEqual(DAY);
    expect(body.message).toMatch(/wait until \d{4}-\d\d-\d\dT/);
  };
  const expectFactorNeeded = ({ status, headers, body }: Answer) => {
    expect({ status, error: body.error }).toEqual({ status: 401, error: 'STEP_UP_REQUIRED' });
    expect(headers.get('www-authenticate')).toContain('acr_values="mfa"');
  };

  describe("an administrator's reset of factors", () => {
    it('waits for a day, tells the owner at once, and then removes everything and ends the sessions', async () => {
      const user = await enrolled(host);
      const before = Date.now();
      const { at } = (await resets().request(user.id))!;
      expect(Math.abs(at.getTime() - before - DAY * 1_000)).toBeLessThan(60_000);
      expect(await resets().pendingFor(user.id)).toEqual(at);
      const mail = (await mailsTo(host, user.email)).at(-1);
      expect(mail).toMatchObject({
        template: 'factors-reset-requested',
        data: { resetsAt: at.toISOString() },
      });
      await cleanUp();
      expect(await hasFactor(user)).toBe(true);

      await later(user.id, DAY + 1);
      await cleanUp();
      expect(await hasFactor(user)).toBe(false);
      expect((await host.client.get('/auth/me', { token: user.token })).status).toBe(401);
      expect((await mailsTo(host, user.email)).at(-1)).toMatchObject({
        template: 'security-notice',
        data: { notice: 'factors-reset' },
      });
      expect(await resets().pendingFor(user.id)).toBeNull();
      expect(typesOf(user.id)).toEqual(expect.arrayContaining(['factors-reset-requested', 'factors-reset']));
    });

    it('is canceled by the link of the mail, once, also after the password was changed', async () => {
      const user = await enrolled(host);
      await resets().request(user.id);
      const link = await linkFor(user.email);
      const token = await strong(user);
      const newPassword = 'quite another long sentence';
      const changed = await call('POST', '/auth/password', { currentPassword: PASSWORD, newPassword }, token);
      expect(changed.status).toBe(204);
      expect((await cancel(link)).status).toBe(204);
      expect(await resets().pendingFor(user.id)).toBeNull();
      expect(typesOf(user.id)).toContain('factors-reset-canceled');
      expect(await cancel(link)).toMatchObject({ status: 400, body: { error: 'ACTION_TOKEN_INVALID' } });
      await later(user.id, DAY + 1);
      await cleanUp();
      const login = await call('POST', '/auth/login', { email: user.email, password: newPassword });
      expect(login.body.error).toBe('MFA_REQUIRED');
    });

    it('has one answer for everything that is wrong with a link, which cancels nothing', async () => {
      const user = await enrolled(host);
      await resets().request(user.id);
      const link = await linkFor(user.email);
      await call('POST', '/auth/password/forgot', { email: user.email });
      const other = await tokenFor(host, user.email, 'reset-password');
      for (const wrong of ['', 'lk_', `${link}A`, link.toUpperCase(), other])
        expect(await cancel(wrong)).toMatchObject({ status: 400, body: { error: 'ACTION_TOKEN_INVALID' } });
      for (const body of [{}, { token: 1 }, { token: null }, { token: ['x'] }])
        expect(await call('POST', '/auth/factors/reset/cancel', body)).toMatchObject({
          status: 400,
          body: { error: 'VALIDATION_FAILED' },
        });
      for (const method of ['GET', 'HEAD'])
        expect((await call(method, '/auth/factors/reset/cancel')).status).toBeGreaterThanOrEqual(400);
      expect(await resets().pendingFor(user.id)).not.toBeNull();
      expect((await cancel(link)).status).toBe(204);
    });

    it('is neither sooner nor later because it is requested again', async () => {
      const user = await enrolled(host);
      const first = await resets().request(user.id);
      await later(user.id, 3_600);
      const second = await resets().request(user.id);
      expect(first!.at.getTime() - second!.at.getTime()).toBe(3_600_000);
      const mails = await mailsTo(host, user.email);
      expect(mails.filter(({ template }) => template === 'factors-reset-requested')).toHaveLength(1);
      expect(typesOf(user.id).filter((type) => type === 'factors-reset-requested')).toHaveLength(1);
    });

    it('is taken back by an operator, and the link of before is then dead, also for the next request', async () => {
      const user = await enrolled(host);
      expect(await resets().cancel(user.id)).toBe(false);
      expect(typesOf(user.id)).not.toContain('factors-reset-canceled');
      await resets().request(user.id);
      const link = await linkFor(user.email);
      expect(await resets().cancel(user.id)).toBe(true);
      await resets().request(user.id);
      expect((await cancel(link)).body.error).toBe('ACTION_TOKEN_INVALID');
      expect((await cancel(await linkFor(user.email))).status).toBe(204);
    });

    it('cannot be canceled once it has happened', async () => {
      const user = await enrolled(host);
      await resets().request(user.id);
      const link = await linkFor(user.email);
      await later(user.id, DAY + 1);
      await cleanUp();
      expect((await cancel(link)).body.error).toBe('ACTION_TOKEN_INVALID');
      expect(await resets().cancel(user.id)).toBe(false);
    });

    it('is there for nobody who is unknown', async () => {
      expect(await resets().request('nobody')).toBeNull();
      expect(await resets().cancel('nobody')).toBe(false);
    });

    it('is completed by the next run if a run was killed after the factors had gone', async () => {
      const user = await enrolled(host);
      await resets().request(user.id);
      await later(user.id, DAY + 1);
      const { records } = { records: host.database };
      // What the killed run had done: its transaction, and nothing after it.
      await records.query(`UPDATE auth_accounts SET factors_reset_at = to_timestamp(0) WHERE user_id = $1`, [
        user.id,
      ]);
      const mails = (await mailsTo(host, user.email)).length;
      expect(await resets().cancel(user.id)).toBe(false);
      await cleanUp();
      expect((await host.client.get('/auth/me', { token: user.token })).status).toBe(401);
      expect(await mailsTo(host, user.email)).toHaveLength(mails);
      expect(await resets().pendingFor(user.id)).toBeNull();
      expect(typesOf(user.id)).toContain('factors-reset');
    });

    it('of one account that fails does not keep the others', async () => {
      const [held, other] = [await enrolled(host), await enrolled(host)];
      await host.database.query(
        `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'held'; END $$`,
      );
      await host.database.query(
        `CREATE TRIGGER held BEFORE DELETE ON auth_factors FOR EACH ROW
         WHEN (OLD.user_id = '${held.id}') EXECUTE FUNCTION refuse()`,
      );
      for (const { id } of [held, other]) {
        await resets().request(id);
        await later(id, DAY + 1);
      }
      await cleanUp();
      expect([await hasFactor(held), await hasFactor(other)]).toEqual([true, false]);
      await host.database.query('DROP TRIGGER held ON auth_factors');
      await host.database.query('DROP FUNCTION refuse()');
      await cleanUp();
      expect(await hasFactor(held)).toBe(false);
    });
  });

  describe('the brakes of a recovery', () => {
    it.each(BRAKED)(
      'A250: after a login with a recovery code, %s needs a passkey for a day',
      async (_, method, path, body) => {
        const user = await enrolled(host);
        const token = await recover(user);
        const at = path.replace(':id', user.factorId);
        expectPasskeyNeeded(await call(method, at, body, token));
        // Another factor is not enough either: whoever has the recovery codes may have it, too.
        expectPasskeyNeeded(await call(method, at, body, await strong(user)));
        expect(await hasFactor(user)).toBe(true);
        await later(user.id, DAY);
        expect((await call(method, at, body, await strong(user))).status).toBeLessThan(300);
      },
    );

    it.each(BRAKED)('a session with a passkey is not braked: %s', async (_, method, path, body) => {
      const user = await enrolled(host);
      const loginWithPasskey = await withPasskey(await strong(user));
      await recover(user);
      const token = await loginWithPasskey();
      const at = path.replace(':id', user.factorId);
      expect((await call(method, at, body, token)).status).toBeLessThan(300);
    });

    it('a passkey that was shown some time ago has to be shown again', async () => {
      const user = await enrolled(host);
      const loginWithPasskey = await withPasskey(await strong(user));
      await recover(user);
      const token = await loginWithPasskey();
      host.clock.offset = 6 * 60_000;
      const stale = await call('DELETE', '/auth/me', undefined, token).finally(() => {
        host.clock.offset = 0;
      });
      expect(stale).toMatchObject({ status: 401, body: { error: 'STEP_UP_REQUIRED' } });
      expect(stale.headers.get('www-authenticate')).toContain('acr_values="phr"');
    });

    it('A250: a step-up with a recovery code puts them on, too', async () => {
      const user = await enrolled(host);
      const token = await strong(user);
      const stepped = await call('POST', '/auth/step-up', { recoveryCode: user.recoveryCodes[0] }, token);
      expect(stepped.status).toBe(200);
      expectPasskeyNeeded(await call('DELETE', '/auth/me', undefined, stepped.body.accessToken));
      expectPasskeyNeeded(await call('DELETE', '/auth/me', undefined, token));
    });

    it('a wrong code puts none on', async () => {
      const user = await enrolled(host);
      const mfaToken = await ticketFor(host, user.email);
      const wrong = await call('POST', '/auth/login/mfa', {
        mfaToken,
        recoveryCode: 'AAAAA-AAAAA-AAAAA-AAAAA-AAAAA',
      });
      expect(wrong.body.error).toBe('INVALID_CODE');
      expect((await call('POST', '/auth/totp', {}, await strong(user))).status).toBe(201);
    });

    it('they leave the export and the password alone', async () => {
      const user = await enrolled(host);
      const token = await recover(user);
      expect((await call('GET', '/auth/me/export', undefined, token)).status).toBe(200);
      const body = { currentPassword: PASSWORD, newPassword: 'quite another long sentence' };
      expect((await call('POST', '/auth/password', body, token)).status).toBe(204);
    });

    it('A231: an address that was requested before the recovery is not confirmed after it', async () => {
      const user = await enrolled(host);
      const next = newEmail();
      expect((await call('POST', '/auth/email', { newEmail: next }, await strong(user))).status).toBe(202);
      const link = await tokenFor(host, next, 'email-change-confirm');
      await recover(user);
      expect((await call('POST', '/auth/email/confirm', { token: link })).body.error).toBe(
        'ACTION_TOKEN_INVALID',
      );
    });

    it('a reset of factors puts them on: with the password alone, nothing is taken away', async () => {
      const user = await enrolled(host);
      await resets().request(user.id);
      await later(user.id, DAY + 1);
      await cleanUp();
      const login = await call('POST', '/auth/login', { email: user.email, password: PASSWORD });
      const token = login.body.accessToken as string;
      for (const [, method, path, body] of BRAKED.filter(([what]) => !/removal|codes/.test(what)))
        expectPasskeyNeeded(await call(method, path, body, token));
      await later(user.id, DAY);
      expect((await call('POST', '/auth/totp', {}, token)).status).toBe(201);
    });
  });

  describe('a session that has only shown a password, of somebody with a second factor', () => {
    /** Such as one that began on a trusted device. */
    const weak = async (user: Enrolled): Promise<string> => {
      await rest(host, user.id);
      const mfaToken = await ticketFor(host, user.email);
      const headers = { 'x-auth-transport': 'cookie' };
      const trusting = await host.client.post(
        '/auth/login/mfa',
        { mfaToken, code: codeFor(user.secret), trustDevice: true },
        { headers },
      );
      const cookie = trusting.headers
        .getSetCookie()
        .map((line) => line.split(';')[0]!)
        .find((line) => line.includes('trusted'))!;
      const { status, body } = await host.client.post(
        '/auth/login',
        { email: user.email, password: PASSWORD },
        { headers: { cookie } },
      );
      expect(status).toBe(200);
      return body.accessToken as string;
    };

    it.each([
      ['A231', 'POST', '/auth/email', { newEmail: 'next@example.com' }],
      ['A235', 'DELETE', '/auth/me', undefined],
      ['A237', 'GET', '/auth/me/export', undefined],
      ['A247', 'POST', '/auth/totp', {}],
      ['A247', 'POST', '/auth/passkeys/options', {}],
      ['A251', 'DELETE', '/auth/factors/:id', undefined],
    ] as const)('%s: needs the factor for %s %s, and a password does not replace it', async (...given) => {
      const [, method, path, body] = given;
      const user = await enrolled(host);
      const at = path.replace(':id', user.factorId);
      const token = await weak(user);
      expectFactorNeeded(await call(method, at, body, token));
      const again = await call('POST', '/auth/step-up', { password: PASSWORD }, token);
      expect(again.status).toBe(200);
      expectFactorNeeded(await call(method, at, body, again.body.accessToken));
      await rest(host, user.id);
      const stepped = await call('POST', '/auth/step-up', { code: codeFor(user.secret) }, token);
      expect((await call(method, at, body, stepped.body.accessToken)).status).toBeLessThan(300);
    });

    it('may change the password', async () => {
      const user = await enrolled(host);
      const body = { currentPassword: PASSWORD, newPassword: 'quite another long sentence' };
      expect((await call('POST', '/auth/password', body, await weak(user))).status).toBe(204);
    });

    it('is asked for the password alone if the only factor is suspended', async () => {
      const user = await register(host);
      await withPasskey(user.token);
      const login = await call('POST', '/auth/login', { email: user.email, password: PASSWORD });
      expect(login.body.error).toBe('MFA_REQUIRED');
      expectFactorNeeded(await call('GET', '/auth/me/export', undefined, user.token));
      await host.database.query('UPDATE auth_passkeys SET suspended_at = now() WHERE user_id = $1', [
        user.id,
      ]);
      expect((await call('GET', '/auth/me/export', undefined, user.token)).status).toBe(200);
    });
  });
});

describe('without waiting and brakes', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost({
      parts: { accountMails: RecordedMails },
      options: {
        mfa: { ...mfaOptions(), resetDelay: '0s', recoveryBrake: '0s' },
        accounts: {},
        publicUrl: 'https://auth.example.com',
      },
    });
  });
  afterAll(() => host?.close());

  it('a reset happens at once, with one mail', async () => {
    const user = await enrolled(host);
    const before = (await mailsTo(host, user.email)).length;
    await host.app.get(FactorReset).request(user.id);
    const login = await host.client.post('/auth/login', { email: user.email, password: PASSWORD });
    expect(login.status).toBe(200);
    expect((await mailsTo(host, user.email)).slice(before)).toMatchObject([
      { template: 'security-notice', data: { notice: 'factors-reset' } },
    ]);
    const { accessToken: token } = login.body;
    expect((await host.client.post('/auth/totp', {}, { token })).status).toBe(201);
  });

  it('a recovery code is as good as a factor', async () => {
    const user = await enrolled(host);
    const mfaToken = await ticketFor(host, user.email);
    const recoveryCode = user.recoveryCodes[0];
    const { body } = await host.client.post('/auth/login/mfa', { mfaToken, recoveryCode });
    expect((await host.client.post('/auth/totp', {}, { token: body.accessToken })).status).toBe(201);
  });
});
