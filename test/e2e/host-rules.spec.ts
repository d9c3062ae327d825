import {
  type ArgumentsHost,
  type CallHandler,
  Catch,
  ClassSerializerInterceptor,
  type ExecutionContext,
  HttpException,
  Injectable,
  type NestInterceptor,
  type PipeTransform,
  ValidationPipe,
  type VersioningOptions,
  VersioningType,
} from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE, HttpAdapterHost, Reflector } from '@nestjs/core';
import { map, of, tap } from 'rxjs';
import { isAuthEndpoint } from '../../src/index.js';
import { cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';

/** Answers every error in the app's own format. */
@Catch()
@Injectable()
class CatchAllFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}
  catch(error: unknown, host: ArgumentsHost) {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    this.adapterHost.httpAdapter.reply(host.switchToHttp().getResponse(), { ours: false }, status);
  }
}

/** Refuses every value: stands for a pipe that knows another schema language. */
class RefusingPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: { type: string; metatype?: { name: string } }) {
    if (type === 'body' && metatype?.name.endsWith('Dto')) throw new Error('unknown schema');
    return value;
  }
}

class WrappingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    return isAuthEndpoint(context) ? next.handle() : next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

/** Caches as the interceptor of @nestjs/cache-manager does: by the URL alone, for as long as the metadata say. */
@Injectable()
class CachingInterceptor implements NestInterceptor {
  private readonly cache = new Map<string, unknown>();
  constructor(private readonly reflector: Reflector) {}

  async intercept(context: ExecutionContext, next: CallHandler) {
    const { method, url } = context.switchToHttp().getRequest<{ method: string; url: string }>();
    if (method !== 'GET') return next.handle();
    const time = this.reflector.get<unknown>('cache_module:cache_ttl', context.getClass());
    try {
      if (this.cache.has(url)) return of(this.cache.get(url));
      if (typeof time === 'function') await time(context);
      return next.handle().pipe(tap((answer) => void this.cache.set(url, answer)));
    } catch {
      return next.handle();
    }
  }
}

const GLOBAL_PIPE = new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true });

describe.each<AdapterName>(['express', 'fastify'])(
  'the endpoints in a host with rules of its own on %s',
  (adapter) => {
    let host: Host;
    beforeAll(async () => {
      host = await startHost({
        adapter,
        providers: [
          { provide: APP_FILTER, useClass: CatchAllFilter },
          { provide: APP_PIPE, useValue: GLOBAL_PIPE },
          { provide: APP_PIPE, useClass: RefusingPipe },
          { provide: APP_INTERCEPTOR, useClass: ClassSerializerInterceptor },
          { provide: APP_INTERCEPTOR, useClass: WrappingInterceptor },
          { provide: APP_INTERCEPTOR, useClass: CachingInterceptor },
        ],
        prepare: (app) => {
          app.useGlobalFilters(new CatchAllFilter(app.get(HttpAdapterHost)));
          app.useGlobalPipes(GLOBAL_PIPE);
        },
      });
    });
    afterAll(() => host.close());

    const post = (path: string, body: unknown, call = {}) => host.client.post(path, body, call);

    it('drop unknown fields, and report invalid ones in their own words', async () => {
      const account = { email: newEmail(), password: PASSWORD };
      expect((await post('/auth/register', { ...account, extra: 1 })).status).toBe(201);
      expect((await post('/auth/login', { ...account, extra: 1 })).status).toBe(200);
      expect(await post('/auth/login', { email: 7 })).toMatchObject({
        status: 400,
        body: {
          statusCode: 400,
          error: 'VALIDATION_FAILED',
          details: expect.arrayContaining([{ field: 'password', message: expect.any(String) }]),
          requestId: expect.any(String),
        },
      });
    });

    it('answer success in their own shape, and each user with their own data', async () => {
      for (const name of ['Ada', 'Grace']) {
        const registered = await post('/auth/register', { email: newEmail(), password: PASSWORD, name });
        const { user, accessToken: token } = registered.body;
        const me = await host.client.get('/auth/me', { token });
        expect(me.body).toEqual({ user });
        expect(me.headers.get('cache-control')).toBe('no-store');
        const sessions = await host.client.get('/auth/sessions', { token });
        expect(sessions.body).toMatchObject([{ current: true }]);
        const events = await host.client.get('/auth/events?limit=5&extra=1', { token });
        expect(events).toMatchObject({ status: 200, body: expect.any(Array) });
        expect((await host.client.get('/auth/events?limit=x', { token })).body.error).toBe(
          'VALIDATION_FAILED',
        );
      }
      expect((await host.client.get('/.well-known/jwks.json')).body).toEqual({ keys: [] });
    });

    it('answer errors with their own body and headers', async () => {
      const missing = await host.client.get('/auth/me');
      expect(missing).toMatchObject({
        status: 401,
        body: { error: 'TOKEN_MISSING', requestId: expect.any(String) },
      });
      expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="latchkey"');
      const wrong = await post('/auth/login', { email: newEmail(), password: PASSWORD });
      expect(wrong).toMatchObject({ status: 401, body: { error: 'INVALID_CREDENTIALS' } });
      const cookies = await post(
        '/auth/register',
        { email: newEmail(), password: PASSWORD },
        { headers: { 'x-auth-transport': 'cookie' } },
      );
      const foreign = { cookie: cookieHeader(cookies), headers: { origin: 'https://evil.example' } };
      expect((await post('/auth/logout', {}, foreign)).body.error).toBe('CSRF_REJECTED');
      expect((await post('/auth/refresh', { refreshToken: 'x' })).body.error).toBe('INVALID_REFRESH_TOKEN');
      expect((await post('/auth/refresh', {}, { cookie: 'refresh=x' })).cookies).toMatchObject({
        refresh: { value: '' },
      });
      expect((await post('/auth/password', {})).body.error).toBe('TOKEN_MISSING');
      for (const path of ['/auth/sessions', '/auth/events'])
        expect((await host.client.get(path)).body.error).toBe('TOKEN_MISSING');
    });
  },
);

describe.each<[string, VersioningOptions, Record<string, string>]>([
  ['in the URI', { type: VersioningType.URI, defaultVersion: '1' }, {}],
  [
    'in a header',
    { type: VersioningType.HEADER, header: 'x-version', defaultVersion: '1' },
    { 'x-version': '7' },
  ],
])('behind a prefix and with a version %s', (_, versioning, headers) => {
  it.each<AdapterName>(['express', 'fastify'])('the endpoints have no version on %s', async (adapter) => {
    const host = await startHost({
      adapter,
      prepare: (app) => app.setGlobalPrefix('api').enableVersioning(versioning),
    });
    const account = { email: newEmail(), password: PASSWORD };
    const { accessToken } = (await host.client.post('/api/auth/register', account, { headers })).body;
    const call = { token: accessToken };
    for (const path of ['me', 'sessions', 'events'])
      expect((await host.client.get(`/api/auth/${path}`, call)).status).toBe(200);
    const change = { currentPassword: PASSWORD, newPassword: `${PASSWORD}!` };
    expect((await host.client.post('/api/auth/password', change, call)).status).toBe(204);
    expect((await host.client.get('/api/.well-known/jwks.json')).status).toBe(200);
    expect((await host.client.post('/api/oauth/introspect', {})).status).not.toBe(404);
    await host.close();
  });
});
