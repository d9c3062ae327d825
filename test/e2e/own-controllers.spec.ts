import { Body, type CanActivate, Header, HttpCode, Module, Post, Req, Res, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IsString } from 'class-validator';
import {
  AuthController,
  AuthModule,
  type AuthModuleOptions,
  LoginDto,
  Public,
  SessionsController,
} from '../../src/index.js';
import { inMemoryAuth } from '../../src/testing/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';

/** Overrides routes without repeating a decorator. */
class PlainOverrides extends AuthController {
  override login(...args: Parameters<AuthController['login']>) {
    return super.login(...args);
  }
  override refresh(...args: Parameters<AuthController['refresh']>) {
    return super.refresh(...args);
  }
  override me(...args: Parameters<AuthController['me']>) {
    return super.me(...args);
  }
}

/** One more level, and some decorators, but not those of the guards. */
class DecoratedOverrides extends PlainOverrides {
  @Header('X-Own', 'yes')
  override login(...args: Parameters<AuthController['login']>) {
    return super.login(...args);
  }
}

class SessionOverrides extends SessionsController {
  @Header('X-Own', 'yes')
  override end(...args: Parameters<SessionsController['end']>) {
    return super.end(...args);
  }
}

const LIMITS: Partial<AuthModuleOptions> = {
  rateLimits: { login: { limit: 3, per: '1m' }, logout: { limit: 3, per: '1m' } },
};

type Style = 'controllers' | 'own module' | 'forRootAsync';

async function startWith(adapter: AdapterName, style: Style, controllers: unknown[]): Promise<Host> {
  const listed = controllers as [];
  return startHost({
    adapter,
    options: LIMITS,
    style: style === 'forRootAsync' ? 'forRootAsync' : 'forRoot',
    parts: { controllers: style === 'own module' ? [] : listed },
    controllers: style === 'own module' ? listed : [],
  });
}

describe.each<AdapterName>(['express', 'fastify'])('a controller that extends ours on %s', (adapter) => {
  describe.each<Style>(['controllers', 'own module', 'forRootAsync'])('listed in: %s', (style) => {
    describe.each([PlainOverrides, DecoratedOverrides])('with %p', (controller) => {
      let host: Host;
      beforeAll(async () => {
        host = await startWith(adapter, style, [controller, SessionOverrides]);
      });
      afterAll(() => host.close());

      const account = { email: newEmail(), password: PASSWORD };

      it('keeps the route, its status, its headers and its validation', async () => {
        const { status } = await host.client.post('/auth/register', account);
        expect(status).toBe(201);
        const answer = await host.client.post('/auth/login', account);
        expect(answer.status).toBe(200);
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(answer.headers.get('x-own')).toBe(controller === DecoratedOverrides ? 'yes' : null);
        const invalid = await host.client.post('/auth/login', { email: 7, password: {} });
        expect(invalid).toMatchObject({ status: 400, body: { error: 'VALIDATION_FAILED' } });
      });

      it('keeps the guards of the route', async () => {
        expect(await host.client.get('/auth/me')).toMatchObject({
          status: 401,
          body: { error: 'TOKEN_MISSING' },
        });
        const foreign = { 'X-Auth-Transport': 'cookie', Origin: 'https://evil.example' };
        expect(await host.client.post('/auth/login', account, { headers: foreign })).toMatchObject({
          status: 403,
          body: { error: 'CSRF_REJECTED' },
        });
        expect(await host.client.post('/auth/refresh', {})).toMatchObject({
          status: 401,
          body: { error: 'REFRESH_TOKEN_MISSING' },
        });
      });

      it('keeps the rate limits', async () => {
        const answers = [];
        for (let i = 0; i < 4; i++) answers.push(await host.client.post('/auth/login', account));
        expect(answers.at(-1)).toMatchObject({ status: 429, body: { error: 'RATE_LIMITED' } });
        expect((await host.client.call('/auth/sessions/1', { method: 'DELETE' })).status).toBe(401);
      });
    });
  });
});

class Captcha implements CanActivate {
  static asked = 0;
  canActivate() {
    Captcha.asked += 1;
    return true;
  }
}

class StrictLogin extends LoginDto {
  @IsString()
  device: string;
}

/** Says for itself where it is, what guards it and what it reads. */
class StatedOverrides extends AuthController {
  @Public()
  @UseGuards(Captcha)
  @Post('sign-in')
  @HttpCode(202)
  override login(
    @Body() body: StrictLogin,
    @Req() request: Parameters<AuthController['login']>[1],
    @Res({ passthrough: true }) response: unknown,
  ) {
    return super.login(body, request, response);
  }
}

describe('an override with decorators', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost({ options: LIMITS, parts: { controllers: [StatedOverrides] } });
  });
  afterAll(() => host.close());

  it('wins where it says something, and keeps the rest', async () => {
    const account = { email: newEmail(), password: PASSWORD };
    await host.client.post('/auth/register', account);
    expect((await host.client.post('/auth/login', account)).status).toBe(404);
    expect(await host.client.post('/auth/sign-in', account)).toMatchObject({
      status: 400,
      body: { error: 'VALIDATION_FAILED', details: [{ field: 'device' }] },
    });
    const answer = await host.client.post('/auth/sign-in', { ...account, device: 'x' });
    expect(answer.status).toBe(202);
    expect(answer.body.user.email).toBe(account.email);
    expect(Captcha.asked).toBeGreaterThan(0);
    for (let i = 0; i < 2; i++) await host.client.post('/auth/sign-in', { ...account, device: 'x' });
    expect((await host.client.post('/auth/sign-in', { ...account, device: 'x' })).status).toBe(429);
  });
});

describe('an override that cannot keep its guards', () => {
  class PropertyOverride extends AuthController {
    override login = async () => ({}) as never;
  }

  it('stops the app at startup', async () => {
    @Module({ imports: [AuthModule.forRoot(inMemoryAuth({ controllers: [PropertyOverride] }))] })
    class HostModule {}
    const app = await NestFactory.create(HostModule, new FastifyAdapter(), { logger: false });
    await expect(app.init()).rejects.toThrow('login in PropertyOverride, which is a property');
    await app.close();
  });
});
