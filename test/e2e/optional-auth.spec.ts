import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { type AuthUser, CurrentUser, JwtAuthGuard, OptionalAuth, Public, Roles } from '../../src/index.js';
import { cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { expiredToken } from '../support/expired-token.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';

const seen = (user?: AuthUser) => ({ user: user?.id ?? null });

@OptionalAuth()
@UseGuards(JwtAuthGuard)
@Controller('articles')
class ArticlesController {
  @Get()
  list(@CurrentUser() user?: AuthUser) {
    return seen(user);
  }

  @Post()
  like(@CurrentUser() user?: AuthUser) {
    return seen(user);
  }

  @Public()
  @Get('public')
  public(@CurrentUser() user?: AuthUser) {
    return seen(user);
  }

  @Roles('admin')
  @Get('drafts')
  drafts() {
    return { reached: true };
  }
}

@Public()
@UseGuards(JwtAuthGuard)
@Controller('pages')
class PagesController {
  @Get()
  list(@CurrentUser() user?: AuthUser) {
    return seen(user);
  }

  @OptionalAuth()
  @Get('mine')
  mine(@CurrentUser() user?: AuthUser) {
    return seen(user);
  }
}

@UseGuards(JwtAuthGuard)
@Controller('notes')
class NotesController {
  @Get()
  list(@CurrentUser() user?: AuthUser) {
    return seen(user);
  }

  @OptionalAuth()
  @Get('shared')
  shared(@CurrentUser() user?: AuthUser) {
    return seen(user);
  }
}

const controllers = [ArticlesController, PagesController, NotesController];
const HOUR = 3_600_000;
const VARIANTS: [string, AdapterName, boolean][] = [
  ['on Express', 'express', false],
  ['on Fastify', 'fastify', false],
  ['on Fastify behind a global guard as well', 'fastify', true],
];

describe.each(VARIANTS)('@OptionalAuth() %s', (_, adapter, isGlobal) => {
  let host: Host;
  beforeAll(async () => {
    const providers = isGlobal ? [{ provide: APP_GUARD, useExisting: JwtAuthGuard }] : [];
    host = await startHost({ adapter, controllers, providers });
  });
  afterAll(() => host.close());
  afterEach(() => (host.clock.offset = 0));

  const register = (headers = {}) =>
    host.client.post('/auth/register', { email: newEmail(), password: PASSWORD }, { headers });
  const withCookies = () => register({ 'x-auth-transport': 'cookie' });
  const get = (path: string, call = {}) => host.client.get(path, call);

  it('gives the handler the user with a valid token, and nobody without a token', async () => {
    const { user, accessToken } = (await register()).body;
    expect((await get('/articles', { token: accessToken })).body).toEqual({ user: user.id });
    expect(await get('/articles')).toMatchObject({ status: 200, body: { user: null } });
    expect((await get('/articles', { headers: { authorization: 'Basic eDp5' } })).body).toEqual({
      user: null,
    });
    expect((await host.client.post('/articles', {})).body).toEqual({ user: null });
  });

  it('refuses a token that is invalid, expired or revoked', async () => {
    const { accessToken, refreshToken } = (await register()).body;
    const invalid = await get('/articles', { token: `${accessToken}x` });
    expect(invalid).toMatchObject({ status: 401, body: { error: 'INVALID_TOKEN' } });
    expect(invalid.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    host.clock.offset = HOUR;
    expect((await get('/articles', { token: accessToken })).body.error).toBe('TOKEN_EXPIRED');
    host.clock.offset = 0;
    await host.client.post('/auth/logout', { refreshToken });
    expect((await get('/articles', { token: accessToken })).body.error).toBe('TOKEN_REVOKED');
  });

  it('reads the cookie too, refuses an expired one, and lets no foreign page act through it', async () => {
    const registered = await withCookies();
    const cookie = cookieHeader(registered);
    expect((await get('/articles', { cookie })).body).toEqual({ user: registered.body.user.id });
    const headers = { origin: 'https://evil.example' };
    expect((await host.client.post('/articles', {}, { cookie, headers })).body.error).toBe('CSRF_REJECTED');
    host.clock.offset = HOUR;
    expect((await get('/articles', { cookie })).body.error).toBe('TOKEN_EXPIRED');
    const refreshOnly = cookie.replace(/(^|; )access=[^;]*(; )?/, '');
    expect((await get('/articles', { cookie: refreshOnly })).body).toEqual({ user: null });
  });

  it('still requires a user where a role is required', async () => {
    const { accessToken } = (await register()).body;
    expect((await get('/articles/drafts')).body.error).toBe('TOKEN_MISSING');
    expect((await get('/articles/drafts', { token: accessToken })).body.error).toBe('FORBIDDEN');
  });

  it('gives way to the decorator that is nearest to the handler', async () => {
    const { user, accessToken } = (await register()).body;
    expect((await get('/articles/public', { token: 'x.y.z' })).body).toEqual({ user: null });
    expect((await get('/pages', { token: 'x.y.z' })).body).toEqual({ user: null });
    for (const path of ['/pages/mine', '/notes/shared']) {
      expect((await get(path, { token: accessToken })).body).toEqual({ user: user.id });
      expect((await get(path)).body).toEqual({ user: null });
      expect((await get(path, { token: 'x.y.z' })).body.error).toBe('INVALID_TOKEN');
    }
    expect((await get('/notes')).body.error).toBe('TOKEN_MISSING');
  });
});

describe('@OptionalAuth() with silent refresh', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost({ controllers, options: { cookies: { secure: false, silentRefresh: true } } });
  });
  afterAll(() => host.close());
  afterEach(() => (host.clock.offset = 0));

  const register = () =>
    host.client.post(
      '/auth/register',
      { email: newEmail(), password: PASSWORD },
      { headers: { 'x-auth-transport': 'cookie' } },
    );

  it.each(['an expired', 'a missing'])('renews %s access cookie', async (kind) => {
    const { cookies, body } = await register();
    const { access, refresh } = cookies;
    const expired = `access=${await expiredToken(access!.value, host.secrets.access)}; `;
    const cookie = `${kind === 'an expired' ? expired : ''}refresh=${refresh!.value}`;
    const renewed = await host.client.get('/articles', { cookie });
    expect(renewed.body).toEqual({ user: body.user.id });
    expect(Object.keys(renewed.cookies).toSorted()).toEqual(['access', 'refresh']);
  });

  it('refuses cookies of a session that has ended once, and clears them: the next request is anonymous', async () => {
    const registered = await register();
    const cookie = cookieHeader(registered);
    await host.client.post('/auth/logout', {}, { cookie });
    host.clock.offset = HOUR;
    const refused = await host.client.get('/articles', { cookie });
    expect(refused).toMatchObject({ status: 401, body: { error: 'TOKEN_REVOKED' } });
    expect([refused.cookies.access!.value, refused.cookies.refresh!.value]).toEqual(['', '']);
    expect((await host.client.get('/articles')).body).toEqual({ user: null });
  });
});
