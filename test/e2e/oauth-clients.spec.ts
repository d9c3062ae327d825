import {
  Controller,
  type ExecutionContext,
  Get,
  HttpException,
  Injectable,
  ValidationPipe,
} from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { ResourceClients, type TokenPair } from '../../src/index.js';
import { type Call, newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';

const FORM = 'application/x-www-form-urlencoded';
const PATHS = ['/oauth/introspect', '/oauth/revoke'];
const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const form = (fields: string | Record<string, string>, headers: Record<string, string> = {}): Call => ({
  raw: new URLSearchParams(fields).toString(),
  headers: { 'content-type': FORM, ...headers },
});

/** RFC 6749 §5.2: the characters that a description may contain. */
const DESCRIPTION = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/;

@Injectable()
class Refusing {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    if (headers['x-refuse']) throw new HttpException('Not "now" \\ für dich', Number(headers['x-refuse']));
    return true;
  }
}

@Controller('own')
class OwnController {
  @Get()
  get() {
    return {};
  }
}

describe.each<AdapterName>(['express', 'fastify'])('a resource server, on %s', (adapter) => {
  let host: Host;
  let id: string;
  let secret: string;
  let tokens: TokenPair;
  beforeAll(async () => {
    host = await startHost({
      adapter,
      controllers: [OwnController],
      providers: [
        { provide: APP_GUARD, useClass: Refusing },
        {
          provide: APP_PIPE,
          useValue: new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }),
        },
        { provide: APP_PIPE, useValue: { transform: () => 'replaced' } },
      ],
    });
    ({ id, secret } = (await host.app.get(ResourceClients).create('orders.api'))!);
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    const account = { email: newEmail(), password: PASSWORD };
    // The pipe of this host spoils the bodies of all other routes.
    const { AuthService } = await import('../../src/index.js');
    const end = await host.app.get(AuthService).register(account);
    if (end.outcome === 'signed-in') tokens = end.tokens;
  });

  it('authenticates with HTTP Basic or in the form, and gets the same answers', async () => {
    const { accessToken: token } = tokens;
    const byHeader = await host.client.call(
      '/oauth/introspect',
      form({ token }, { authorization: basic(id, secret) }),
    );
    const inForm = await host.client.call(
      '/oauth/introspect',
      form({ token, client_id: id, client_secret: secret }),
    );
    expect(byHeader.body).toMatchObject({ active: true, token_type: 'Bearer' });
    expect(inForm.body).toEqual(byHeader.body);
    for (const { headers } of [byHeader, inForm]) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('pragma')).toBe('no-cache');
      expect(headers.get('content-type')).toMatch(/^application\/json/);
    }
    const fields = { token, client_id: id, client_secret: secret };
    expect((await host.client.call('/oauth/revoke', form(fields))).status).toBe(200);
    expect((await host.client.call('/oauth/introspect', form(fields))).body).toEqual({ active: false });
  });

  it('may name itself in the form next to HTTP Basic, and send parameters without a value', async () => {
    const headers = { authorization: basic(id, secret) };
    const fields = { token: tokens.accessToken, client_id: id, client_secret: '', unknown: 'x' };
    expect((await host.client.call('/oauth/introspect', form(fields, headers))).body.active).toBe(true);
  });

  it.each<[string, () => Call]>([
    ['Basic and the form', () => form(`token=x&client_id=${id}&client_secret=${secret}`, withBasic())],
    ['Basic and the form without an id', () => form(`token=x&client_secret=${secret}`, withBasic())],
    ['another id next to Basic', () => form('token=x&client_id=other', withBasic())],
    ['an assertion next to Basic', () => form('token=x&client_assertion=x', withBasic())],
    ['an access token and the form', () => form(inForm('token=x'), { authorization: 'Bearer x' })],
    ['no token', () => form(inForm(''))],
    ['an empty token', () => form(inForm('token='))],
    ['two tokens', () => form(inForm('token=x&token=y'))],
    ['two equal tokens', () => form(inForm('token=x&token=x'))],
    ['two hints', () => form(inForm('token=x&token_type_hint=a&token_type_hint=b'))],
    ['two ids', () => form(inForm(`token=x&client_id=${id}`))],
    ['two secrets', () => form(inForm(`token=x&client_secret=${secret}`))],
    ['two of what has no meaning', () => form(inForm('token=x&a=1&a=2'))],
  ])('%s: invalid_request', async (_, call) => {
    for (const path of PATHS) {
      const { status, body } = await host.client.call(path, call());
      expect([status, body.error]).toEqual([400, 'invalid_request']);
      expect(body.error_description).toMatch(DESCRIPTION);
    }
  });

  it.each(['token[]=x', 'token[a]=x', 'token[]=x&token[]=y'])('%s is not a token', async (fields) => {
    for (const path of PATHS) {
      const { status, body } = await host.client.call(path, form(inForm(fields)));
      expect([status, body.error]).toEqual([400, 'invalid_request']);
    }
  });

  it.each(['application/json', 'application/json; charset=utf-8'])('%s is not a form', async (type) => {
    const raw = JSON.stringify({ token: tokens.accessToken, client_id: id, client_secret: secret });
    for (const path of PATHS) {
      const { status, body } = await host.client.call(path, { raw, headers: { 'content-type': type } });
      expect([status, body.error]).toEqual([415, 'invalid_request']);
      expect(body.error_description).toMatch(/application\/x-www-form-urlencoded/);
    }
  });

  it.each<[string, () => Call]>([
    ['nothing', () => ({ method: 'POST' })],
    ['only a token', () => form({ token: 'x' })],
    ['only an id', () => form({ token: 'x', client_id: id })],
    ['only a secret', () => form({ token: 'x', client_secret: secret })],
    ['a wrong secret', () => form({ token: 'x', client_id: id, client_secret: 'x' })],
    ['an unknown id', () => form({ token: 'x', client_id: 'nobody', client_secret: secret })],
    ['an assertion', () => form({ token: 'x', client_id: id, client_assertion: 'x' })],
    ['the secret in the URL', () => form({ token: 'x' })],
  ])('%s: invalid_client, with a challenge', async (name, call) => {
    for (const path of PATHS) {
      const query = name.includes('URL') ? `?client_id=${id}&client_secret=${secret}` : '';
      const { status, body, headers } = await host.client.call(path + query, call());
      expect({ status, body }).toEqual({
        status: 401,
        body: {
          statusCode: 401,
          error: 'invalid_client',
          error_description: expect.stringMatching(DESCRIPTION),
          message: body.error_description,
          requestId: expect.any(String),
        },
      });
      expect(headers.get('www-authenticate')).toBe('Basic realm="latchkey", charset="UTF-8"');
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it.each([
    [400, 'invalid_request'],
    [401, 'invalid_client'],
    [403, 'access_denied'],
    [429, 'slow_down'],
    [500, 'server_error'],
    [503, 'temporarily_unavailable'],
  ])("is told in OAuth's words what a guard of the host throws: %d", async (status, error) => {
    const refused = await host.client.call('/oauth/introspect', {
      ...form({ token: 'x' }),
      headers: { 'content-type': FORM, 'x-refuse': String(status) },
    });
    expect([refused.status, refused.body.error]).toEqual([status, error]);
    expect(refused.body.error_description).toMatch(DESCRIPTION);
    const own = await host.client.get('/own', { headers: { 'x-refuse': String(status) } });
    expect(own.body).not.toHaveProperty('error_description');
  });

  const withBasic = () => ({ authorization: basic(id, secret) });
  const inForm = (fields: string) => `${fields}&client_id=${id}&client_secret=${secret}`;
});

describe.each<AdapterName>(['express', 'fastify'])('wrong client secrets, on %s', (adapter) => {
  it('are refused from the limit on, before the database is asked', async () => {
    const host = await startHost({ adapter, options: { rateLimits: { clients: { limit: 3, per: '10m' } } } });
    const { secret } = (await host.app.get(ResourceClients).create('orders.api'))!;
    const ask = (clientSecret: string, clientId = 'orders.api') =>
      host.client.call(
        '/oauth/introspect',
        form({ token: 'x', client_id: clientId, client_secret: clientSecret }),
      );
    expect((await ask(secret)).status).toBe(200);
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await ask(`guess ${i}`));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429, 429]);
    const { body, headers } = answers.at(-1)!;
    expect(body).toMatchObject({
      statusCode: 429,
      error: 'slow_down',
      error_description: expect.any(String),
    });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(500);
    expect((await ask(secret)).status).toBe(200);
    await host.app.get(ResourceClients).remove('orders.api');
    expect((await ask(secret)).status).toBe(429);
    await host.close();
  });
});

describe('the service', () => {
  let database: TestDatabase;
  let service: ServiceHere;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    service = await startServiceHere({
      ...productionSettings(database.url),
      RATE_LIMIT: 'on',
      TRUST_PROXY: '127.0.0.0/8',
    });
  });
  afterAll(async () => {
    await service?.end();
    await database?.drop();
  });

  it.each<[string, number, Call]>([
    ['text', 415, { raw: 'token=x', headers: { 'content-type': 'text/plain' } }],
    [
      'a compressed form',
      415,
      { raw: 'token=x', headers: { 'content-type': FORM, 'content-encoding': 'gzip' } },
    ],
    ['JSON', 415, { raw: '{"token":"x"}' }],
    ['broken JSON', 400, { raw: '{' }],
    ['too much', 413, { raw: `token=${'x'.repeat(20_000)}`, headers: { 'content-type': FORM } }],
    ['bytes that are not UTF-8', 401, { raw: new Uint8Array([0xff]), headers: { 'content-type': FORM } }],
  ])("answers %s in OAuth's words (%d)", async (_, status, call) => {
    for (const path of PATHS) {
      const { body, ...answer } = await service.client.call(path, call);
      const error = status === 401 ? 'invalid_client' : 'invalid_request';
      expect([answer.status, body.error]).toEqual([status, error]);
      expect(body.error_description).toMatch(DESCRIPTION);
    }
  });

  it('counts failures by the address of the client, so that a stranger locks nobody out', async () => {
    const ask = async (address: string) =>
      (
        await service.client.call(
          '/oauth/introspect',
          form({ token: 'x', client_id: 'orders', client_secret: 'x' }, { 'x-forwarded-for': address }),
        )
      ).status;
    const statuses = [];
    for (let i = 0; i < 22; i++) statuses.push(await ask('203.0.113.1'));
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429, 429]);
    expect(await ask('203.0.113.2')).toBe(401);
  });

  it('keeps its own words on every other route', async () => {
    const { body } = await service.client.call('/auth/login', { raw: '{' });
    expect(body.error).toBe('MALFORMED_JSON');
    expect(body).not.toHaveProperty('error_description');
  });
});
