import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

export default [
  [
    'answers its own errors in its own format',
    async ({ call }) => {
      const { status, ours } = await call('GET', '/api/v1/nothing');
      assert.deepEqual([status, ours], [404, false]);
    },
  ],
  [
    'shows our routes in its Swagger document, where they are, with their bodies and answers',
    async (host) => {
      const { paths, components } = await documentOf(host);
      const login = paths['/api/auth/login'].post;
      assert.deepEqual(schemaOf(login.requestBody), { $ref: '#/components/schemas/LatchkeyLoginRequest' });
      assert.deepEqual(schemaOf(login.responses[200]), { $ref: '#/components/schemas/LatchkeyAuthResponse' });
      assert.deepEqual(components.schemas.LatchkeyLoginRequest.required, ['email', 'password']);
      const shown = operationsOf(paths);
      const served = describedIn(host);
      for (const { operationId, body, answers } of served) {
        const operation = shown.find((each) => each.operationId === operationId);
        assert.ok(operation, `${operationId} is not there`);
        assert.equal(Boolean(operation.requestBody), Boolean(body), operationId);
        for (const status of Object.keys(answers)) assert.ok(operation.responses[status], operationId);
      }
    },
  ],
  [
    'has the security schemes in that document, and defines all that it refers to',
    async (host) => {
      const { paths, components } = await documentOf(host);
      const { bearer, cookie } = components.securitySchemes;
      assert.deepEqual([bearer.type, bearer.scheme], ['http', 'bearer']);
      assert.deepEqual([cookie.type, cookie.in], ['apiKey', 'cookie']);
      assert.deepEqual(paths['/api/auth/me'].get.security, [{ bearer: [] }, { cookie: [] }]);
      assert.deepEqual(paths['/api/auth/login'].post.security, []);
      const schemes = operationsOf(paths).flatMap(({ security = [] }) => security.flatMap(Object.keys));
      for (const scheme of schemes) assert.ok(components.securitySchemes[scheme], scheme);
      const references = JSON.stringify(paths).matchAll(/"#\/components\/schemas\/(\w+)"/g);
      for (const [, name] of references) assert.ok(components.schemas[name], name);
    },
  ],
  [
    'shows its own routes as before',
    async (host) => {
      const { paths, components } = await documentOf(host);
      const { security, responses } = paths['/api/v1/shoes'].get;
      assert.deepEqual(security, [{ bearer: [] }]);
      assert.deepEqual(schemaOf(responses[200]), { $ref: '#/components/schemas/User' });
      assert.deepEqual(Object.keys(components.schemas.User.properties), ['shoeSize']);
      assert.deepEqual(Object.keys(paths['/api/v1/orders']), ['get', 'delete']);
    },
  ],
];

async function documentOf({ call }) {
  const document = await call('GET', '/docs-json');
  assert.equal(document.status, 200);
  return document;
}

const operationsOf = (paths) => Object.values(paths).flatMap((methods) => Object.values(methods));

const schemaOf = ({ content }) => content['application/json'].schema;

/** One route of each controller that is there only with an option, which this host does not set. */
const OPTIONS = new Set(
  ['forwardAuth', 'beginRegistration', 'resetPassword', 'verifyEmail', 'closeAccount'].concat(
    ['completeLogin', 'addTotp', 'listFactors', 'cancelFactorsReset'],
    ['getPasskeyOptions', 'getPasskeyLoginOptions', 'getStepUpOptions', 'getRelatedOrigins'],
  ),
);

/** What the installed package says about its own routes, those of options excepted. */
function describedIn({ folder }) {
  const { authApi } = createRequire(`${folder}/`)('latchkey');
  const controllers = authApi.controllers.map(({ operations }) => Object.values(operations));
  return controllers.filter((own) => !own.some(({ operationId }) => OPTIONS.has(operationId))).flat();
}
