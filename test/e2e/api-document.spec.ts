import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_STATUS } from '../../src/index.js';
import { SoftwareAuthenticator } from '../../src/testing/index.js';
import { type ApiDocument, DocumentedAnswers, everyValueOf, operationsOf } from '../support/api-document.js';
import { runCli } from '../support/cli.js';
import { cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';

const PUBLIC = [
  'cancelFactorsReset',
  'changePasswordAddress',
  'checkLiveness',
  'checkReadiness',
  'completeLogin',
  'confirmEmail',
  'forgotPassword',
  'getJwks',
  'getLoginMfaOptions',
  'getOpenIdConfiguration',
  'getOpenIdConfigurationOfPath',
  'getPasskeyEndpoints',
  'getPasskeyLoginOptions',
  'getRelatedOrigins',
  'getResourceMetadata',
  'getResourceMetadataOfPath',
  'getServerMetadata',
  'getServerMetadataOfPath',
  'login',
  'loginWithPasskey',
  'register',
  'resetPassword',
  'restoreAccount',
  'undoEmailChange',
  'verifyEmail',
];
const GUARDED = [
  'changeEmail',
  'changeName',
  'changePassword',
  'closeAccount',
  'endOtherSessions',
  'endSession',
  'exportAccount',
  'forwardAuth',
  'getCurrentUser',
  'getPasskeySignals',
  'getProtected',
  'getStepUpOptions',
  'listEvents',
  'listFactors',
  'listSessions',
  'listTrustedDevices',
  'logoutAll',
  'removeFactor',
  'removeTrustedDevice',
  'renamePasskey',
  'renewRecoveryCodes',
  'resendVerification',
  'stepUp',
];
/** Where addresses must be proven first, in place of `register`. */
const WITH_PROOF = ['beginRegistration', 'confirmRegistration'];
const MAIL = { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'no-reply@example.com' };
const OTHERS = [
  'addPasskey',
  'addTotp',
  'confirmTotp',
  'getPasskeyOptions',
  'introspectToken',
  'logout',
  'refresh',
  'revokeToken',
];

describe('the API document', () => {
  let database: TestDatabase;
  let service: ServiceHere;
  let settings: Record<string, string>;
  let document: ApiDocument;
  let answers: DocumentedAnswers;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    settings = {
      ...productionSettings(database.url),
      DOCS: 'on',
      ACCOUNT_PAGES: 'on',
      FORWARD_AUTH: 'on',
      ...MAIL,
      EMAIL_VERIFICATION: 'optional',
      MFA_ENCRYPTION_SECRET: randomBytes(48).toString('base64url'),
      WEBAUTHN_RP_ID: 'example.com',
      WEBAUTHN_ORIGINS: 'https://app.example.com',
    };
    service = await startServiceHere(settings);
    document = (await service.client.get('/openapi.json')).body;
    answers = new DocumentedAnswers(document);
  });
  afterAll(async () => {
    await service?.end();
    await database?.drop();
  });

  const idsWhere = (holds: (operation: ReturnType<typeof operationsOf>[number]) => boolean) =>
    operationsOf(document)
      .filter(holds)
      .map(({ operationId }) => operationId)
      .sort();

  it('is OpenAPI 3.1, of the version of the package', () => {
    const { version, license } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
    );
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { version, license: { identifier: license } },
      servers: [{ url: '/' }],
    });
  });

  it('has a description for every route of the service', () => {
    // A route without one has the name of its controller and method, such as AuthController.login.
    expect(idsWhere(({ operationId }) => operationId.includes('.'))).toEqual([]);
  });

  it('has one name for each operation', () => {
    expect(idsWhere(() => true)).toEqual([...PUBLIC, ...GUARDED, ...OTHERS].sort());
  });

  it('says of each operation who may call it', () => {
    expect(idsWhere(({ security }) => security?.length === 0)).toEqual(PUBLIC);
    const guarded = JSON.stringify([{ accessToken: [] }, { accessCookie: [] }]);
    expect(idsWhere(({ security }) => JSON.stringify(security) === guarded)).toEqual(GUARDED);
    const credentials = operationsOf(document).flatMap(({ security }) => security!.flatMap(Object.keys));
    expect([...new Set(credentials)].sort()).toEqual(Object.keys(document.components.securitySchemes).sort());
  });

  it('calls the cookies by the names they have', () => {
    const { accessCookie, refreshCookie } = document.components.securitySchemes;
    expect([accessCookie!.name, refreshCookie!.name]).toEqual(['__Host-access', '__Host-refresh']);
  });

  it('defines all that it refers to, and nothing else', () => {
    const referred = new Set(everyValueOf('$ref', document));
    const defined = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect([...referred].sort()).toEqual(defined.sort());
    const tags = operationsOf(document).flatMap((operation) => operation.tags);
    expect(new Set(tags)).toEqual(new Set(document.tags.map(({ name }) => name)));
  });

  it('declares the parameters in every path', () => {
    for (const { path, parameters = [] } of operationsOf(document)) {
      const declared = parameters.filter((parameter) => parameter.in === 'path' && parameter.required);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect([path, declared.map(({ name }) => name)]).toEqual([path, inPath]);
    }
  });

  it('holds valid JSON Schemas', () => {
    for (const name of Object.keys(document.components.schemas))
      expect(() => answers.compile('components', 'schemas', name)).not.toThrow();
    const inline = operationsOf(document).flatMap(({ path, method, responses }) =>
      Object.keys(responses)
        .filter((status) => responses[status]!.content)
        .map((status) => [
          'paths',
          path,
          method,
          'responses',
          status,
          'content',
          'application/json',
          'schema',
        ]),
    );
    for (const place of inline) expect(() => answers.compile(...place)).not.toThrow();
  });

  it('has registration in two steps where addresses must be proven first', async () => {
    const strict = await startServiceHere({ ...settings, EMAIL_VERIFICATION: 'required' });
    const proved: ApiDocument = (await strict.client.get('/openapi.json')).body;
    const ids = operationsOf(proved).map(({ operationId }) => operationId);
    const expected = [...PUBLIC, ...GUARDED, ...OTHERS, ...WITH_PROOF].filter((id) => id !== 'register');
    expect(ids.sort()).toEqual(expected.sort());
    const check = new DocumentedAnswers(proved);
    const begun = await strict.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    expect(check.problemsOf('beginRegistration', begun)).toEqual([]);
    const dead = { token: `lk_${'A'.repeat(65)}`, password: PASSWORD };
    const refused = await strict.client.post('/auth/register/confirm', dead);
    expect(check.problemsOf('confirmRegistration', refused)).toEqual([]);
    await strict.end();
  });

  it('names every error code but those of the routes of hosts and of routes that do not exist', () => {
    const named = new Set(everyValueOf('enum', document.paths).flat());
    expect(Object.keys(ERROR_STATUS).filter((code) => !named.has(code))).toEqual(['METHOD_NOT_ALLOWED']);
  });

  it('is true of what a user and a resource server are answered', async () => {
    const { client } = service;
    const account = { email: newEmail(), password: PASSWORD };
    const problems: unknown[] = [];
    const check = async (operationId: string, asked: ReturnType<typeof client.get>) => {
      const answer = await asked;
      problems.push(...answers.problemsOf(operationId, answer));
      return answer;
    };

    await check('register', client.post('/auth/register', { ...account, name: 'Ada' }));
    await check('register', client.post('/auth/register', account));
    await check('register', client.post('/auth/register', {}));
    await check('login', client.post('/auth/login', { ...account, password: 'a wrong sentence' }));
    const { body } = await check('login', client.post('/auth/login', account));
    const headers = { 'x-auth-transport': 'cookie' };
    const browser = await check('login', client.post('/auth/login', account, { headers }));
    const cookie = cookieHeader(browser);
    const renewed = await check('refresh', client.post('/auth/refresh', undefined, { cookie }));
    const { refreshToken } = (await check('refresh', client.post('/auth/refresh', body))).body;
    await check('refresh', client.post('/auth/refresh'));

    const token = body.accessToken as string;
    await check('getCurrentUser', client.get('/auth/me', { token }));
    await check('getCurrentUser', client.get('/auth/me'));
    await check('getProtected', client.get('/api/protected', { token }));
    await check('forwardAuth', client.get('/auth/forward', { token }));
    await check('forwardAuth', client.get('/auth/forward'));
    await check('stepUp', client.post('/auth/step-up', { password: 'a wrong sentence' }, { token }));
    await check('stepUp', client.post('/auth/step-up', { password: PASSWORD }, { token }));
    await check(
      'stepUp',
      client.post('/auth/step-up', { password: PASSWORD }, { cookie: cookieHeader(renewed) }),
    );
    await check('stepUp', client.post('/auth/step-up', {}, { token }));
    const sessions = (await check('listSessions', client.get('/auth/sessions', { token }))).body;
    await check('listEvents', client.get('/auth/events?limit=100', { token }));
    await check('listEvents', client.get('/auth/events?limit=1000', { token }));
    const change = { currentPassword: PASSWORD, newPassword: 'another sentence of mine' };
    await check('changePassword', client.post('/auth/password', change, { cookie: cookieHeader(renewed) }));

    const { id, secret } = JSON.parse(
      (await runCli(['clients', 'create', 'orders', '--json'], settings)).stdout,
    );
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const form = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    const fresh = (await client.post('/auth/login', { ...account, password: change.newPassword })).body;
    const ask = (path: string, raw: string) => client.call(path, { raw, headers: form });
    for (const each of [fresh.accessToken, fresh.refreshToken, refreshToken])
      await check('introspectToken', ask('/oauth/introspect', `token=${each}`));
    await check('introspectToken', ask('/oauth/introspect', ''));
    await check('introspectToken', client.post('/oauth/introspect'));
    await check('revokeToken', ask('/oauth/revoke', `token=${refreshToken}`));
    const own = { token: fresh.accessToken as string };
    const dead = { token: `lk_${'A'.repeat(65)}` };
    const { email } = account;
    await check('forgotPassword', client.post('/auth/password/forgot', { email }));
    await check('forgotPassword', client.post('/auth/password/forgot', {}));
    const choice = { ...dead, newPassword: PASSWORD };
    await check('resetPassword', client.post('/auth/password/reset', choice));
    await check('verifyEmail', client.post('/auth/email/verify', dead));
    await check('resendVerification', client.post('/auth/email/verification', undefined, own));
    await check('changeEmail', client.post('/auth/email', { newEmail: newEmail() }, own));
    await check('changeEmail', client.post('/auth/email', {}, own));
    await check('confirmEmail', client.post('/auth/email/confirm', dead));
    await check('undoEmailChange', client.post('/auth/email/undo', dead));
    await check('restoreAccount', client.post('/auth/me/restore', dead));
    await check('cancelFactorsReset', client.post('/auth/factors/reset/cancel', dead));
    const rename = (name: unknown) => client.call('/auth/me', { method: 'PATCH', body: { name }, ...own });
    await check('changeName', rename('Grace'));
    await check('changeName', rename(7));
    await check('exportAccount', client.get('/auth/me/export', own));
    const totp = (await check('addTotp', client.post('/auth/totp', {}, own))).body;
    await check('confirmTotp', client.post(`/auth/totp/${totp.id}/confirm`, { code: '12345' }, own));
    const { ticket, options } = (
      await check('getPasskeyOptions', client.post('/auth/passkeys/options', undefined, own))
    ).body;
    const response = new SoftwareAuthenticator({ origin: 'https://app.example.com' }).create(options);
    const passkey = await check('addPasskey', client.post('/auth/passkeys', { ticket, response }, own));
    await check('addPasskey', client.post('/auth/passkeys', { ticket, response }, own));
    const called = { method: 'PATCH', body: { name: 'My key' }, ...own };
    await check('renamePasskey', client.call(`/auth/passkeys/${passkey.body.id}`, called));
    await check('getPasskeySignals', client.get('/auth/passkeys/signals', own));
    await check('getStepUpOptions', client.post('/auth/step-up/options', undefined, own));
    await check('listFactors', client.get('/auth/factors', own));
    await check('listTrustedDevices', client.get('/auth/devices', own));
    await check('renewRecoveryCodes', client.post('/auth/recovery-codes', undefined, own));
    const second = await check('login', client.post('/auth/login', { email, password: change.newPassword }));
    const { mfaToken } = second.body;
    await check('getLoginMfaOptions', client.post('/auth/login/mfa/options', { mfaToken }));
    await check('completeLogin', client.post('/auth/login/mfa', { mfaToken, recoveryCode: 'no' }));
    await check('completeLogin', client.post('/auth/login/mfa', {}));
    await check('getPasskeyLoginOptions', client.post('/auth/login/passkey/options'));
    await check('loginWithPasskey', client.post('/auth/login/passkey', { ticket, response }));
    await check('getRelatedOrigins', client.get('/.well-known/webauthn'));
    await check('getPasskeyEndpoints', client.get('/.well-known/passkey-endpoints'));
    await check('changePasswordAddress', client.get('/.well-known/change-password'));
    await check('introspectToken', client.call('/oauth/introspect', { raw: '{}' }));
    const inForm = `token=${fresh.accessToken}&client_id=${id}&client_secret=${secret}`;
    await check(
      'introspectToken',
      client.call('/oauth/introspect', { raw: inForm, headers: { ...form, authorization: '' } }),
    );
    for (const [operation, name] of [
      ['getServerMetadata', 'oauth-authorization-server'],
      ['getOpenIdConfiguration', 'openid-configuration'],
      ['getResourceMetadata', 'oauth-protected-resource'],
    ]) {
      await check(operation!, client.get(`/.well-known/${name}`));
      await check(`${operation}OfPath`, client.get(`/.well-known/${name}/elsewhere`));
    }
    const keys = await check('getJwks', client.get('/.well-known/jwks.json'));
    const etag = keys.headers.get('etag')!;
    await check('getJwks', client.get('/.well-known/jwks.json', { headers: { 'if-none-match': etag } }));
    await check('checkLiveness', client.get('/health/live'));
    await check('checkReadiness', client.get('/health/ready'));

    const remove = (path: string) => client.call(path, { method: 'DELETE', token: fresh.accessToken });
    await check('endSession', remove(`/auth/sessions/${sessions[0].id}`));
    await check('endOtherSessions', remove('/auth/sessions'));
    await check('logout', client.post('/auth/logout', { refreshToken }));
    await check('logoutAll', client.post('/auth/logout-all', undefined, { token: fresh.accessToken }));
    expect(problems).toEqual([]);
  });
});
