import { createHmac } from 'node:crypto';
import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import {
  AccountAdmin,
  AuthEvents,
  AuthService,
  JwtAuthGuard,
  OptionalAuth,
  Public,
  Roles,
  RolesGuard,
  StepUp,
  TokensService,
} from '../../src/index.js';
import { ageSession, claimsOf } from '../support/age-session.js';
import { cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';

const REACHED = { reached: true };

@UseGuards(JwtAuthGuard)
@Controller('vault')
class VaultController {
  @StepUp()
  @Get()
  open() {
    return REACHED;
  }

  @StepUp({ maxAge: '5m' })
  @Post()
  put() {
    return REACHED;
  }

  @StepUp({ acr: 'mfa', maxAge: '1d' })
  @Get('strong')
  strong() {
    return REACHED;
  }

  @Roles('admin')
  @StepUp()
  @Get('admin')
  admin() {
    return REACHED;
  }

  @Public()
  @StepUp()
  @Get('public')
  public() {
    return REACHED;
  }

  @OptionalAuth()
  @StepUp()
  @Get('optional')
  optional() {
    return REACHED;
  }

  @Get('lobby')
  lobby() {
    return REACHED;
  }
}

@StepUp()
@UseGuards(JwtAuthGuard)
@Controller('safe')
class SafeController {
  @Get()
  open() {
    return REACHED;
  }

  @StepUp({ maxAge: '1h' })
  @Get('patient')
  patient() {
    return REACHED;
  }
}

@UseGuards(AuthGuard('latchkey-access'), RolesGuard)
@Controller('passport')
class PassportController {
  @StepUp()
  @Get()
  open() {
    return REACHED;
  }
}

const controllers = [VaultController, SafeController, PassportController];
const CHALLENGE = 'Bearer error="insufficient_user_authentication", acr_values="pwd", max_age="300"';
const VARIANTS: [string, AdapterName, boolean][] = [
  ['on Express', 'express', false],
  ['on Fastify', 'fastify', false],
  ['on Fastify behind a global guard as well', 'fastify', true],
];

describe.each(VARIANTS)('step-up %s', (_, adapter, isGlobal) => {
  let host: Host;
  beforeAll(async () => {
    const providers = isGlobal ? [{ provide: APP_GUARD, useExisting: JwtAuthGuard }] : [];
    // Without any limit, failures are not counted on the account.
    const wide = { limit: 10_000, per: '1m' } as const;
    const rateLimits = { register: wide, password: wide, refresh: wide };
    host = await startHost({ adapter, controllers, providers, options: { rateLimits } });
  });
  afterAll(() => host.close());

  const get = (path: string, token: string) => host.client.get(path, { token });
  const refresh = async (refreshToken: string) =>
    (await host.client.post('/auth/refresh', { refreshToken })).body;
  const stepUp = (token: string, password = PASSWORD) =>
    host.client.post('/auth/step-up', { password }, { token });
  const register = async (headers = {}) => {
    const email = newEmail();
    const answer = await host.client.post('/auth/register', { email, password: PASSWORD }, { headers });
    return { answer, email, ...answer.body };
  };
  /** A session whose user authenticated ten minutes ago. */
  const stale = async () => {
    const { accessToken, refreshToken, user, email } = await register();
    const { sid } = claimsOf(accessToken);
    await ageSession(host, sid, 10);
    return { sid, user, email, ...(await refresh(refreshToken)) };
  };

  it('is not needed right after the login', async () => {
    const { accessToken } = await register();
    for (const path of ['/vault', '/vault/public', '/vault/optional', '/safe', '/safe/patient', '/passport'])
      expect((await get(path, accessToken)).body).toEqual(REACHED);
  });

  it('is required later, says what is needed, and opens the route in the same session', async () => {
    const { accessToken, refreshToken, sid, user } = await stale();
    for (const path of ['/vault', '/vault/public', '/vault/optional', '/safe', '/passport']) {
      const answer = await get(path, accessToken);
      expect([path, answer.status, answer.body.error]).toEqual([path, 401, 'STEP_UP_REQUIRED']);
      expect(answer.headers.get('www-authenticate')).toBe(CHALLENGE);
      expect(answer.body.details).toEqual([
        { field: 'acr_values', message: 'pwd' },
        { field: 'max_age', message: '300' },
      ]);
    }
    expect((await host.client.post('/vault', {}, { token: accessToken })).status).toBe(401);
    for (const path of ['/vault/lobby', '/safe/patient', '/auth/me'])
      expect((await get(path, accessToken)).status).toBe(200);

    const answer = await stepUp(accessToken);
    expect(answer).toMatchObject({ status: 200, body: { user, refreshToken, tokenType: 'Bearer' } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const before = claimsOf(accessToken);
    const after = claimsOf(answer.body.accessToken);
    expect(after).toMatchObject({ sid, sub: user.id, acr: 'pwd', amr: ['pwd'] });
    expect(after.auth_time - before.auth_time).toBeGreaterThanOrEqual(600);
    expect([before.session_began, after.session_began]).toEqual([undefined, before.auth_time]);
    for (const path of ['/vault', '/safe', '/passport'])
      expect((await get(path, answer.body.accessToken)).status).toBe(200);
    // The older token stays what it was.
    expect((await get('/vault', accessToken)).body.error).toBe('STEP_UP_REQUIRED');
    const refreshed = await refresh(refreshToken);
    expect(claimsOf(refreshed.accessToken)).toMatchObject({ auth_time: after.auth_time, acr: 'pwd' });
    expect((await get('/vault', refreshed.accessToken)).status).toBe(200);
  });

  it('still needs a user, and a role comes first', async () => {
    const { accessToken } = await stale();
    for (const path of ['/vault', '/vault/public', '/vault/optional'])
      expect((await host.client.get(path)).body.error).toBe('TOKEN_MISSING');
    expect((await host.client.get('/passport')).status).toBe(401);
    expect((await get('/vault/admin', accessToken)).body.error).toBe('FORBIDDEN');
  });

  it('needs as strong an authentication as the route says, and a password does not make it stronger', async () => {
    const { accessToken, user } = await register();
    const weak = await get('/vault/strong', accessToken);
    expect(weak.headers.get('www-authenticate')).toContain('acr_values="mfa", max_age="86400"');
    const { accessToken: again } = (await stepUp(accessToken)).body;
    expect((await get('/vault/strong', again)).status).toBe(401);
    const authentication = { acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] } as const;
    const { tokens } = await host.app.get(AuthService).startSession(user, {}, authentication);
    expect(claimsOf(tokens.accessToken)).toMatchObject(authentication);
    expect((await get('/vault/strong', tokens.accessToken)).status).toBe(200);
    const { accessToken: refreshed } = await refresh(tokens.refreshToken);
    expect(claimsOf(refreshed)).toMatchObject(authentication);
    // One time says when; so with a password, the session is not one of several factors any more.
    const lowered = (await stepUp(refreshed)).body.accessToken;
    expect((await get('/vault/strong', lowered)).status).toBe(401);
  });

  it('replaces the access cookie, and leaves the refresh cookie alone', async () => {
    const { answer } = await register({ 'x-auth-transport': 'cookie' });
    const sid = claimsOf(answer.cookies.access!.value).sid as string;
    await ageSession(host, sid, 10);
    const old = await host.client.post('/auth/refresh', undefined, { cookie: cookieHeader(answer) });
    const cookie = cookieHeader(old);
    expect((await host.client.get('/vault', { cookie })).body.error).toBe('STEP_UP_REQUIRED');
    const stepped = await host.client.post('/auth/step-up', { password: PASSWORD }, { cookie });
    expect(stepped.status).toBe(200);
    expect(Object.keys(stepped.body).sort()).toEqual([
      'expiresIn',
      'refreshExpiresIn',
      'sessionExpiresAt',
      'user',
    ]);
    expect(Object.keys(stepped.cookies)).toEqual(['access']);
    expect(stepped.cookies.access!.attributes).toEqual(expect.arrayContaining(['httponly', 'path=/']));
    expect((await host.client.get('/vault', { cookie: cookieHeader(stepped) })).status).toBe(200);
    expect((await host.client.post('/auth/refresh', undefined, { cookie })).status).toBe(200);
  });

  it('does not let a foreign page try passwords (A282)', async () => {
    const { answer } = await register({ 'x-auth-transport': 'cookie' });
    const cookie = cookieHeader(answer);
    for (const origin of ['https://evil.example', 'null']) {
      const headers = { origin };
      const forged = await host.client.post('/auth/step-up', { password: PASSWORD }, { cookie, headers });
      expect([forged.status, forged.body.error, forged.cookies]).toEqual([403, 'CSRF_REJECTED', {}]);
    }
    const { sid, iat } = claimsOf(answer.cookies.access!.value);
    const [row] = await host.database.query('SELECT auth_time FROM refresh_tokens WHERE id = $1', [sid]);
    expect([row.auth_time, typeof iat]).toEqual([null, 'number']);
  });

  it('refuses a wrong password with its field, and counts it on the session', async () => {
    const { accessToken, email } = await stale();
    const heard: object[] = [];
    const stop = host.app.get(AuthEvents).subscribe((event) => void heard.push(event));
    const wrong = await stepUp(accessToken, 'a wrong sentence of mine');
    expect(wrong).toMatchObject({ status: 401, body: { error: 'INVALID_CREDENTIALS' } });
    expect(wrong.body.details).toEqual([{ field: 'password', message: 'The password is wrong.' }]);
    expect((await get('/vault', accessToken)).body.error).toBe('STEP_UP_REQUIRED');
    await stepUp(accessToken);
    const origin = { userId: claimsOf(accessToken).sub, sessionId: claimsOf(accessToken).sid };
    expect(heard).toMatchObject([
      { type: 'step-up-failed', email: 'u***@example.com', ...origin },
      { type: 'stepped-up', acr: 'pwd', ...origin },
    ]);
    expect(JSON.stringify(heard)).not.toContain(email);
    if (typeof stop === 'function') stop();
    for (let i = 0; i < 5; i++) expect((await stepUp(accessToken, `wrong sentence ${i}`)).status).toBe(401);
    const [row] = await host.database.query(
      `UPDATE login_attempts SET free_at = free_at + interval '1 minute'
       WHERE user_id = $1 AND counter = 'session' RETURNING failures`,
      [origin.userId],
    );
    expect(row).toEqual([{ failures: 5 }]);
    expect((await stepUp(accessToken)).body.error).toBe('RATE_LIMITED');
  });

  it.each([
    [{}, 400],
    [{ password: 1 }, 400],
    [{ password: null }, 400],
    [{ password: ['a'] }, 400],
    [{ password: 'x'.repeat(2049) }, 400],
    [[], 400],
  ])('answers the body %j with %i', async (body, status) => {
    const { accessToken } = await register();
    const answer = await host.client.post('/auth/step-up', body, { token: accessToken });
    expect([answer.status, answer.body.error]).toEqual([status, 'VALIDATION_FAILED']);
  });

  it('needs a token of a live session of a user who is not disabled', async () => {
    expect((await host.client.post('/auth/step-up', { password: PASSWORD })).body.error).toBe(
      'TOKEN_MISSING',
    );
    const { refreshToken, accessToken, user } = await register();
    expect((await stepUp(refreshToken)).body.error).toBe('INVALID_TOKEN');
    await host.app.get(AccountAdmin).disable(user.id);
    expect((await stepUp(accessToken)).status).toBe(401);
    const other = await register();
    await host.app.get(TokensService).revoke(other.refreshToken);
    expect((await stepUp(other.accessToken)).body.error).toBe('TOKEN_REVOKED');
  });

  it('takes tokens and sessions of before for those of a password at their start', async () => {
    const { accessToken } = await stale();
    const [header, ,] = accessToken.split('.');
    const resigned = (change: object) => {
      const claims = JSON.stringify({ ...claimsOf(accessToken), acr: undefined, amr: undefined, ...change });
      const content = `${header}.${Buffer.from(claims).toString('base64url')}`;
      return `${content}.${createHmac('sha256', host.secrets.access).update(content).digest('base64url')}`;
    };
    const now = Math.floor(Date.now() / 1_000);
    expect((await get('/vault', resigned({}))).body.error).toBe('STEP_UP_REQUIRED');
    expect((await get('/vault', resigned({ auth_time: now }))).status).toBe(200);
    expect((await get('/vault/strong', resigned({ auth_time: now }))).body.error).toBe('STEP_UP_REQUIRED');
    for (const wrong of [{ acr: 1 }, { amr: 'pwd' }, { session_began: 'x' }, { acr: '' }])
      expect((await get('/vault/lobby', resigned(wrong))).body.error).toBe('INVALID_TOKEN');
  });
});
