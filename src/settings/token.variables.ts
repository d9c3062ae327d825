import { asText, jsonObject, pems, texts } from './parsers.js';
import type { Variable } from './variable.js';

/** The keys that sign tokens, and the claims in them. */
export const tokenVariables = [
  {
    name: 'JWT_ALGORITHM',
    option: 'jwt.algorithm',
    parse: asText,
    default: 'ES256',
    meaning: '`HS256/384/512`, `RS256/384/512`, `PS256/384/512`, `ES256/384/512` or `EdDSA`',
  },
  {
    name: 'JWT_ACCESS_SECRET',
    option: 'jwt.accessSecret',
    parse: texts,
    meaning:
      'For HS*: secrets of at least 32 bytes, comma-separated, newest first. The first one that all instances know signs; all of them verify',
  },
  {
    name: 'JWT_ACCESS_PRIVATE_KEY',
    option: 'jwt.accessPrivateKey',
    parse: pems,
    meaning:
      'For all other algorithms: private keys as PEM (PKCS#8) or paths of PEM files, comma-separated, newest first; used like `JWT_ACCESS_SECRET`',
  },
  {
    name: 'KEY_ENCRYPTION_SECRET',
    option: 'jwt.keyRing.encryptionSecret',
    parse: texts,
    meaning:
      'Instead of `JWT_ACCESS_PRIVATE_KEY`: stores a key ring in PostgreSQL, encrypted with these secrets of at least 32 bytes (comma-separated, newest first)',
  },
  {
    name: 'KEY_ROTATE_EVERY',
    option: 'jwt.keyRing.rotateEvery',
    onlyWith: 'KEY_ENCRYPTION_SECRET',
    parse: asText,
    default: '30d',
    meaning: 'How long a key in the ring signs before the next one takes over',
  },
  {
    name: 'KEY_PUBLISH_AHEAD',
    option: 'jwt.keyRing.publishAhead',
    onlyWith: 'KEY_ENCRYPTION_SECRET',
    parse: asText,
    default: '10m',
    meaning: 'How long a key in the ring is published before it signs',
  },
  {
    name: 'JWT_REFRESH_SECRET',
    option: 'jwt.refreshSecret',
    parse: texts,
    meaning:
      'Secrets of at least 32 bytes that sign refresh tokens, comma-separated, newest first; used like `JWT_ACCESS_SECRET`',
  },
  {
    name: 'JWT_ISSUER',
    option: 'jwt.issuer',
    parse: asText,
    defaultNote: '`PUBLIC_URL`',
    meaning: 'The issuer (`iss`) of tokens, compared exactly',
  },
  {
    name: 'JWT_ACCEPTED_ISSUERS',
    option: 'jwt.acceptedIssuers',
    parse: texts,
    meaning:
      'Other issuers whose tokens are accepted during a move, comma-separated. New tokens always carry `JWT_ISSUER`',
  },
  {
    name: 'JWT_AUDIENCE',
    option: 'jwt.audience',
    parse: asText,
    default: 'latchkey',
    meaning: 'The audience (`aud`) of tokens, compared exactly',
  },
  {
    name: 'JWT_CLIENT_ID',
    option: 'jwt.clientId',
    parse: asText,
    default: 'latchkey',
    meaning: 'The client (`client_id`) in access tokens: the app that users log in to',
  },
  {
    name: 'JWT_SCOPE',
    option: 'jwt.scope',
    parse: asText,
    meaning: 'The `scope` of access tokens: scope tokens separated by one space',
  },
  {
    name: 'JWT_CLAIMS',
    option: 'jwt.claims',
    parse: jsonObject,
    meaning:
      'A JSON object with more claims for every access token, such as `{"tenant":"acme"}`; with the scope, at most 2048 bytes',
  },
  {
    name: 'JWT_ACCESS_TTL',
    option: 'jwt.accessTtl',
    parse: asText,
    default: '15m',
    meaning:
      'The lifetime of an access token, at most `30d`; more than a day causes a warning. A lower value also applies to tokens already issued',
  },
  {
    name: 'JWT_REFRESH_TTL',
    option: 'jwt.refreshTtl',
    parse: asText,
    default: '7d',
    meaning: 'A session that is not refreshed for this long ends',
  },
  {
    name: 'CLOCK_TOLERANCE',
    option: 'jwt.clockTolerance',
    parse: asText,
    default: '5s',
    meaning: 'How much clocks may differ when `exp`, `nbf` and `iat` are checked, up to `60s`',
  },
] as const satisfies readonly Variable[];
