import 'reflect-metadata';
import {
  Controller,
  Get,
  type INestApplication,
  type INestMicroservice,
  Module,
  type Provider,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import {
  type ClientProxy,
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { firstValueFrom } from 'rxjs';
import {
  AuthExceptionFilter,
  AuthModule,
  type AuthUser,
  CsrfGuard,
  CurrentUser,
  JwtAuthGuard,
  OptionalAuth,
  Permissions,
  Public,
  Roles,
  RolesGuard,
  TokensService,
  UnavailableError,
} from '../../src/index.js';
import { inMemoryAuth } from '../../src/testing/index.js';
import { Client } from '../support/client.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';

const clock = { offset: 0 };
const received: unknown[] = [];

@Controller()
class SumsController {
  constructor(private readonly tokens: TokensService) {}

  @MessagePattern('whoami')
  @Get('whoami')
  whoami(@CurrentUser() user: AuthUser, @CurrentUser('id') id: string) {
    return { user: user.id, id };
  }

  @Roles('admin')
  @MessagePattern('admins')
  admins() {
    return 'reached';
  }

  @Permissions('sums:read')
  @MessagePattern('readers')
  readers() {
    return 'reached';
  }

  @Public()
  @MessagePattern('public')
  public(@CurrentUser() user?: AuthUser) {
    return { user: user?.id ?? null };
  }

  @OptionalAuth()
  @MessagePattern('optional')
  optional(@CurrentUser() user?: AuthUser) {
    return { user: user?.id ?? null };
  }

  @Public()
  @MessagePattern('verify')
  async verify(@Payload('accessToken') accessToken: string) {
    return (await this.tokens.verify(accessToken)).sub;
  }

  @Public()
  @MessagePattern('unavailable')
  unavailable() {
    throw new UnavailableError({ cause: new Error('a detail for the log only') });
  }

  @EventPattern('noted')
  noted(@CurrentUser('id') id: string) {
    received.push(id);
  }
}

@UseFilters(AuthExceptionFilter)
@Controller()
class GuardedByItself {
  @UseGuards(JwtAuthGuard, RolesGuard)
  @MessagePattern('own-guard')
  own(@CurrentUser('id') id: string) {
    return id;
  }
}

const auth = AuthModule.forRoot(inMemoryAuth({ clock: () => Date.now() + clock.offset }));
const GLOBAL: Provider[] = [
  { provide: APP_GUARD, useExisting: CsrfGuard },
  { provide: APP_GUARD, useExisting: JwtAuthGuard },
  { provide: APP_GUARD, useExisting: RolesGuard },
];

@Module({ imports: [auth], controllers: [SumsController], providers: GLOBAL })
class GloballyGuardedModule {}

@Module({ imports: [auth], controllers: [GuardedByItself] })
class PlainModule {}

interface Host {
  app: INestMicroservice | INestApplication;
  proxy: ClientProxy;
  http?: Client;
}

const KINDS: Record<string, (port: number) => Promise<Host['app']>> = {
  microservice: async (port) => {
    const app = await NestFactory.createMicroservice(GloballyGuardedModule, { logger: false, ...tcp(port) });
    await app.listen();
    return app;
  },
  'hybrid app': (port) => hybrid(GloballyGuardedModule, port, true),
};

const tcp = (port: number) => ({
  transport: Transport.TCP as const,
  options: { host: '127.0.0.1', port },
});

async function hybrid(module: object, port: number, inheritAppConfig: boolean): Promise<INestApplication> {
  const app = await NestFactory.create<INestApplication>(module as never, new FastifyAdapter(), {
    logger: false,
  });
  app.connectMicroservice(tcp(port), { inheritAppConfig });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  return app;
}

/** The answer, or the error that the caller receives. */
const send = (proxy: ClientProxy, pattern: string, data: unknown): Promise<unknown> =>
  firstValueFrom(proxy.send(pattern, data)).catch((error: unknown) => error);

const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const ada = { id: 'ada', roles: ['admin'], permissions: ['sums:read'] };
const refused = (statusCode: number, error: string) => ({ statusCode, error, message: expect.any(String) });

describe.each(Object.keys(KINDS))('messages to a %s with a global guard', (kind) => {
  let { app, proxy } = {} as Host;
  let tokens: TokensService;
  beforeAll(async () => {
    const port = await freePort();
    app = await KINDS[kind]!(port);
    tokens = app.get(TokensService);
    proxy = ClientProxyFactory.create(tcp(port));
  });
  afterAll(async () => {
    await proxy.close();
    await app.close();
  });
  afterEach(() => (clock.offset = 0));

  const ask = (pattern: string, data: unknown) => send(proxy, pattern, data);
  const issue = async (subject = ada) => (await tokens.issue(subject)).accessToken;

  it('are refused without a token, whatever the payload is', async () => {
    for (const payload of [
      {},
      { a: 1 },
      [],
      'text',
      '',
      0,
      { headers: null },
      { headers: { authorization: 7 } },
    ])
      expect(await ask('whoami', payload)).toEqual(refused(401, 'TOKEN_MISSING'));
  });

  it('carry the token in the payload, and the handler receives the user', async () => {
    expect(await ask('whoami', withToken(await issue()))).toEqual({ user: 'ada', id: 'ada' });
  });

  it('are refused with an invalid, expired or revoked token', async () => {
    expect(await ask('whoami', withToken('x.y.z'))).toEqual(refused(401, 'INVALID_TOKEN'));
    const [expired, revoked] = [await issue(), await tokens.startSession(ada)];
    await tokens.revokeSession(revoked.sessionId);
    expect(await ask('whoami', withToken(revoked.tokens.accessToken))).toEqual(refused(401, 'TOKEN_REVOKED'));
    clock.offset = 3_600_000;
    expect(await ask('whoami', withToken(expired))).toEqual(refused(401, 'TOKEN_EXPIRED'));
  });

  it('need the role and the permission of the handler', async () => {
    const nobody = withToken(await issue({ id: 'bob', roles: [], permissions: [] }));
    for (const pattern of ['admins', 'readers']) {
      expect(await ask(pattern, withToken(await issue()))).toBe('reached');
      expect(await ask(pattern, nobody)).toEqual(refused(403, 'FORBIDDEN'));
    }
  });

  it('need no token on a public handler, and one at will on an optional one', async () => {
    expect(await ask('public', withToken('x.y.z'))).toEqual({ user: null });
    expect(await ask('optional', {})).toEqual({ user: null });
    expect(await ask('optional', withToken(await issue()))).toEqual({ user: 'ada' });
    expect(await ask('optional', withToken('x.y.z'))).toEqual(refused(401, 'INVALID_TOKEN'));
  });

  it('are answered when the handler itself throws an AuthError, without its cause', async () => {
    expect(await ask('verify', { accessToken: 'x.y.z' })).toEqual(refused(401, 'INVALID_TOKEN'));
    expect(await ask('verify', { accessToken: await issue() })).toBe('ada');
    expect(await ask('unavailable', {})).toEqual(refused(503, 'UNAVAILABLE'));
  });

  it('of the kind that has no answer are dropped without a token, and the app lives on', async () => {
    received.length = 0;
    await firstValueFrom(proxy.emit('noted', {}), { defaultValue: undefined });
    await firstValueFrom(proxy.emit('noted', withToken(await issue())), { defaultValue: undefined });
    await until(() => received.length > 0);
    expect(received).toEqual(['ada']);
  });
});

describe('a hybrid app', () => {
  it('guards the same handler over HTTP', async () => {
    const app = await hybrid(GloballyGuardedModule, await freePort(), true);
    const client = new Client(await app.getUrl());
    const { accessToken } = await app.get(TokensService).issue(ada);
    expect((await client.get('/whoami', { token: accessToken })).body).toEqual({ user: 'ada', id: 'ada' });
    expect((await client.get('/whoami')).body).toMatchObject(refused(401, 'TOKEN_MISSING'));
    await app.close();
  });

  it('that does not share its global parts has a guard and a filter on the handler', async () => {
    const port = await freePort();
    const app = await hybrid(PlainModule, port, false);
    const proxy = ClientProxyFactory.create(tcp(port));
    const { accessToken } = await app.get(TokensService).issue(ada);
    expect(await send(proxy, 'own-guard', withToken(accessToken))).toBe('ada');
    expect(await send(proxy, 'own-guard', {})).toEqual(refused(401, 'TOKEN_MISSING'));
    await proxy.close();
    await app.close();
  });
});
