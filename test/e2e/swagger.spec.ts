import {
  ClassSerializerInterceptor,
  Controller,
  Get,
  UseGuards,
  VERSION_NEUTRAL,
  VersioningType,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { ApiBearerAuth, ApiOperation, ApiProperty, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import {
  AuthController,
  authApi,
  ERROR_STATUS,
  EventsController,
  JwtAuthGuard,
  PasswordController,
  SessionsController,
  WellKnownController,
  withAuthDocs,
} from '../../src/index.js';
import { MailSink } from '../../src/testing/index.js';
import { type ApiDocument, DocumentedAnswers, everyValueOf, operationsOf } from '../support/api-document.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, type HostSettings, startHost } from '../support/host-app.js';
import { mfaOptions } from '../support/second-factors.js';

/** The host's own class, under a name that Latchkey's schemas have as well. */
class User {
  @ApiProperty()
  shoeSize!: number;
}

@ApiBearerAuth()
@UseGuards(JwtAuthGuard)
@Controller({ path: 'shoes', version: VERSION_NEUTRAL })
class ShoesController {
  @Get()
  list(): User[] {
    return [];
  }
}
Reflect.defineMetadata('swagger/apiExtraModels', [User], ShoesController);

/** The document of a host, as its `main.ts` makes it. */
function documentOf(host: Host, builder = new DocumentBuilder()): ApiDocument {
  const document = SwaggerModule.createDocument(host.app, builder.setTitle('Shop').build());
  return withAuthDocs(document, host.app) as unknown as ApiDocument;
}

const all = authApi.controllers.flatMap(({ controller, operations }) =>
  Object.values(operations).map((operation) => ({ controller, ...operation })),
);
/** The routes that replace registration when addresses must be proven first. */
const BY_MAIL = ['beginRegistration', 'confirmRegistration'];
const described = all.filter(({ operationId }) => !BY_MAIL.includes(operationId));
const withAccounts = (verification: 'optional' | 'required') => ({
  publicUrl: 'http://localhost:3000',
  accounts: { verification },
  mail: { from: 'no-reply@example.com', transport: new MailSink() },
});
const withFactors = () => ({
  mfa: mfaOptions(),
  passkeys: { rpId: 'example.com', origins: ['https://app.example.com'] },
});
const idsIn = (document: ApiDocument) =>
  operationsOf(document)
    .filter(({ path }) => !/orders|shoes/.test(path))
    .map(({ operationId }) => operationId)
    .sort();

const operation = (document: ApiDocument, id: string) =>
  operationsOf(document).find(({ operationId }) => operationId === id)! as ReturnType<
    typeof operationsOf
  >[number] & { requestBody?: { required: boolean; content: Record<string, { schema: object }> } };

/** What a document refers to but does not define. */
function danglingReferences(document: ApiDocument): unknown[] {
  const schemas = new Set(
    Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`),
  );
  const schemes = Object.keys(document.components.securitySchemes ?? {});
  return [
    ...everyValueOf('$ref', document).filter((reference) => !schemas.has(reference as string)),
    ...operationsOf(document)
      .flatMap(({ security = [] }) => security.flatMap(Object.keys))
      .filter((name) => !schemes.includes(name)),
  ];
}

const start = (settings: HostSettings = {}) =>
  startHost({ ...settings, controllers: [ShoesController, ...(settings.controllers ?? [])] });

describe.each<AdapterName>(['express', 'fastify'])('the Swagger document of a host on %s', (adapter) => {
  let host: Host;
  let document: ApiDocument;
  beforeAll(async () => {
    host = await start({
      adapter,
      options: { forwardAuth: true, ...withAccounts('optional'), ...withFactors() },
      providers: [{ provide: APP_INTERCEPTOR, useClass: ClassSerializerInterceptor }],
    });
    document = documentOf(host);
  });
  afterAll(() => host.close());

  it('has every route of the module, with its operation id, summary, tag and security', () => {
    expect(idsIn(document)).toEqual(described.map(({ operationId }) => operationId).sort());
    expect(operation(document, 'login')).toMatchObject({
      path: '/auth/login',
      method: 'post',
      summary: 'Start a session',
      tags: ['auth'],
      security: [],
    });
    expect(operation(document, 'getCurrentUser').security).toEqual([{ bearer: [] }, { cookie: [] }]);
    expect(operation(document, 'refresh').security).toEqual([{ refreshCookie: [] }, {}]);
    expect(operation(document, 'introspectToken').security).toEqual([{ basic: [] }, {}]);
  });

  it('has the other routes of registration where addresses must be proven first', async () => {
    const strict = await start({ adapter, options: withAccounts('required') });
    const strictDocument = documentOf(strict);
    await strict.close();
    expect(idsIn(strictDocument)).toEqual(expect.arrayContaining(BY_MAIL));
    expect(idsIn(strictDocument)).not.toContain('register');
    expect(danglingReferences(strictDocument)).toEqual([]);
    expect(operation(strictDocument, 'confirmRegistration').requestBody).toMatchObject({ required: true });
  });

  it('defines what it refers to, and keeps our schemas apart from those of the host', () => {
    expect(danglingReferences(document)).toEqual([]);
    expect(document.components.schemas.User).toMatchObject({ properties: { shoeSize: expect.anything() } });
    expect(document.components.schemas.LatchkeyUser).toMatchObject({ properties: { email: {} } });
  });

  it('has no list of required members that is empty, which OpenAPI 3.0 forbids', () => {
    expect(everyValueOf('required', document)).not.toContainEqual([]);
  });

  it('has the security schemes, with the names of the cookies', () => {
    expect(document.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      cookie: { type: 'apiKey', in: 'cookie', name: 'access' },
      refreshCookie: { type: 'apiKey', in: 'cookie', name: 'refresh' },
      basic: { type: 'http', scheme: 'basic' },
    });
  });

  it('has the bodies that routes read', () => {
    for (const { operationId, body } of described) {
      const { requestBody } = operation(document, operationId);
      const [type] = Object.keys(requestBody?.content ?? {});
      expect([operationId, type]).toEqual([operationId, body && (body.mediaType ?? 'application/json')]);
      expect([operationId, requestBody?.required]).toEqual([operationId, body?.required]);
    }
    expect(operation(document, 'register').requestBody!.content['application/json']!.schema).toEqual({
      $ref: '#/components/schemas/LatchkeyRegisterRequest',
    });
    expect(document.components.schemas.LatchkeyRegisterRequest).toEqual({
      type: 'object',
      properties: {
        email: { type: 'string', maxLength: 254, example: 'ada@example.com' },
        password: { type: 'string', maxLength: 256, example: 'a long sentence of yours' },
        name: { type: 'string', nullable: true, maxLength: 200, example: 'Ada' },
      },
      required: ['email', 'password'],
    });
  });

  it('has every status with which a route answers, and every code', () => {
    for (const { operationId, answers, errors, oauthErrors } of described) {
      const statuses = [
        ...Object.keys(answers).map(Number),
        ...(oauthErrors ?? errors.map((code) => ERROR_STATUS[code])),
        500,
      ];
      const { responses } = operation(document, operationId);
      expect([operationId, Object.keys(responses).sort()]).toEqual([
        operationId,
        [...new Set(statuses)].map(String).sort(),
      ]);
      const codes = everyValueOf('enum', responses).flat();
      const expected = oauthErrors ? [] : [...errors, 'INTERNAL_ERROR'];
      expect(codes).toEqual(expect.arrayContaining(expected));
    }
  });

  it('declares each parameter once', () => {
    const parametersOf = (id: string) =>
      operation(document, id).parameters?.map(({ name, in: where }) => `${where} ${name}`);
    expect(parametersOf('login')).toEqual(['header X-Auth-Transport']);
    expect(parametersOf('endSession')).toEqual(['path id']);
    expect(parametersOf('listEvents')).toEqual(['query limit']);
    expect(parametersOf('refresh')).toEqual([]);
  });

  it('is true of what is answered', async () => {
    const answers = new DocumentedAnswers(documentOf(host, new DocumentBuilder().setOpenAPIVersion('3.1.0')));
    const account = { email: newEmail(), password: PASSWORD };
    const registered = await host.client.post('/auth/register', account);
    const token = registered.body.accessToken as string;
    expect([
      answers.problemsOf('register', registered),
      answers.problemsOf('register', await host.client.post('/auth/register', account)),
      answers.problemsOf('getCurrentUser', await host.client.get('/auth/me', { token })),
      answers.problemsOf('getCurrentUser', await host.client.get('/auth/me')),
      answers.problemsOf('listSessions', await host.client.get('/auth/sessions', { token })),
      answers.problemsOf('introspectToken', await host.client.post('/oauth/introspect')),
    ]).toEqual([[], [], [], [], [], []]);
  });

  it('leaves the schemes and the routes of the host as they are', () => {
    const own = new DocumentBuilder().addBearerAuth({ type: 'http', scheme: 'bearer', description: 'ours' });
    expect(documentOf(host, own).components.securitySchemes.bearer).toMatchObject({ description: 'ours' });
    expect(operation(document, 'ShoesController_list').security).toEqual([{ bearer: [] }]);
    expect(operation(document, 'OrdersController_list').responses).toEqual({ 200: { description: '' } });
  });

  it('needs no credential for a login, even if the host requires one everywhere else', () => {
    const closed = documentOf(host, new DocumentBuilder().addSecurityRequirements('bearer'));
    expect(operation(closed, 'login').security).toEqual([]);
  });
});

describe('the Swagger document of a host', () => {
  let host: Host;
  afterEach(() => host.close());

  it('has the routes under the paths they really have', async () => {
    host = await start({
      prepare: (app) => {
        app.setGlobalPrefix('api', { exclude: ['.well-known/*path'] });
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      },
    });
    const document = documentOf(host);
    const paths = Object.keys(document.paths);
    expect(paths).toEqual(expect.arrayContaining(['/api/auth/login', '/.well-known/jwks.json']));
    expect(danglingReferences(document)).toEqual([]);
    for (const { path, method } of operationsOf(document).filter(({ path }) => path.includes('/auth/'))) {
      const { status } = await host.client.call(path.replace('{id}', 'x'), { method: method.toUpperCase() });
      expect([path, status]).not.toEqual([path, 404]);
    }
  });

  it('has only the routes that are registered', async () => {
    host = await start({ parts: { controllers: [AuthController, WellKnownController] } });
    const document = documentOf(host);
    const registered = described.filter(({ controller }) =>
      [AuthController, WellKnownController].includes(controller as never),
    );
    expect(idsIn(document)).toEqual(registered.map(({ operationId }) => operationId).sort());
    expect(document.components.schemas).not.toHaveProperty('LatchkeyOAuthError');
  });

  it("has the routes of a subclass, and the host's own words where it has some", async () => {
    @Controller({ path: 'staff', version: VERSION_NEUTRAL })
    class StaffController extends AuthController {
      override me(...given: Parameters<AuthController['me']>) {
        return super.me(...given);
      }

      @ApiOperation({ operationId: 'registerStaff', summary: 'ours' })
      override register(...given: Parameters<AuthController['register']>) {
        return super.register(...given);
      }
    }
    for (const method of ['me', 'register'] as const)
      for (const key of Reflect.getMetadataKeys(AuthController.prototype[method]))
        if (!String(key).startsWith('swagger/'))
          Reflect.defineMetadata(
            key,
            Reflect.getMetadata(key, AuthController.prototype[method]),
            StaffController.prototype[method],
          );
    host = await start({
      parts: {
        controllers: [StaffController, PasswordController, SessionsController, EventsController],
      },
    });
    const document = documentOf(host);
    expect(document.paths).toMatchObject({
      '/staff/login': { post: { operationId: 'login' } },
      '/staff/me': { get: { operationId: 'getCurrentUser', responses: { 401: expect.anything() } } },
      '/staff/register': { post: { operationId: 'registerStaff', summary: 'ours' } },
    });
  });

  it('names the errors of a renewal where cookies are renewed, and only there', async () => {
    host = await start({ options: { cookies: { secure: false, silentRefresh: true } } });
    const codesIn = (id: string) => everyValueOf('enum', operation(documentOf(host), id).responses).flat();
    expect(codesIn('listSessions')).toContain('REFRESH_TOKEN_REUSED');
    expect(codesIn('login')).not.toContain('REFRESH_TOKEN_REUSED');
  });

  it('is in the terms of the version of OpenAPI that the host chose', async () => {
    host = await start();
    const nameOf = (document: ApiDocument) =>
      (document.components.schemas.LatchkeyUser!.properties as { name: object }).name;
    expect(nameOf(documentOf(host))).toEqual({ type: 'string', nullable: true });
    expect(nameOf(documentOf(host, new DocumentBuilder().setOpenAPIVersion('3.1.0')))).toEqual({
      type: ['string', 'null'],
    });
  });
});
