import { asNumber, asText, flag, headerNames, mfaPolicy, onOrOff, texts } from './parsers.js';
import type { Variable } from './variable.js';

/** Browsers, passwords, and what protects both. */
export const accountVariables = [
  {
    name: 'COOKIE_SECURE',
    option: 'cookies.secure',
    parse: flag,
    default: 'true',
    developmentDefault: 'false',
    meaning: 'Whether cookies are sent over HTTPS only, with the `__Host-` prefix',
  },
  {
    name: 'COOKIE_SAME_SITE',
    option: 'cookies.sameSite',
    parse: asText,
    default: 'lax',
    meaning: '`strict`, `lax` or `none`; `none` requires `COOKIE_SECURE`',
  },
  {
    name: 'COOKIE_PARTITIONED',
    option: 'cookies.partitioned',
    parse: flag,
    default: 'off',
    meaning:
      'Whether cookies are `Partitioned`, for an app that other sites embed; requires `COOKIE_SECURE` and `COOKIE_SAME_SITE=none`',
  },
  {
    name: 'SILENT_REFRESH',
    option: 'cookies.silentRefresh',
    parse: flag,
    default: 'off',
    meaning:
      'Serves a request with an expired access cookie and a valid refresh cookie, and sends new cookies',
  },
  {
    name: 'CORS_ORIGINS',
    option: 'csrf.trustedOrigins',
    parse: texts,
    meaning:
      'Exact origins, comma-separated, that CORS allows and the CSRF check trusts, such as `https://app.example.com` or `capacitor://localhost`',
  },
  {
    name: 'CORS_HEADERS',
    setting: 'corsHeaders',
    parse: headerNames,
    meaning:
      'More request headers, comma-separated, that pages of `CORS_ORIGINS` may send, such as `X-Client-Version`',
  },
  {
    name: 'REGISTRATION',
    option: 'registration',
    parse: onOrOff,
    default: 'on',
    meaning:
      'Whether people can register; with `off`, `latchkey user create` creates accounts, and `POST /auth/register` does not exist',
  },
  {
    name: 'EMAIL_VERIFICATION',
    option: 'accounts.verification',
    parse: asText,
    defaultNote: '`optional` with mail, else `off`',
    meaning:
      '`off`, `optional` or `required`: whether people are asked to prove, or must prove, that they read the mail of their [address](accounts.md)',
  },
  {
    name: 'WEBAUTHN_RP_ID',
    option: 'passkeys.rpId',
    parse: asText,
    meaning:
      'Turns passkeys on: the domain that they belong to, such as `example.com`. Passkeys of another domain are worthless, so choose it once',
  },
  {
    name: 'WEBAUTHN_ORIGINS',
    option: 'passkeys.origins',
    parse: texts,
    meaning:
      'Exact origins, comma-separated, of the pages and apps that use passkeys, such as `https://app.example.com` or `android:apk-key-hash:…`',
  },
  {
    name: 'MFA_ENCRYPTION_SECRET',
    option: 'mfa.encryptionSecrets',
    parse: texts,
    meaning:
      'Turns on [second factors](second-factors.md). Secrets of at least 32 bytes, comma-separated, newest first: the first one that all instances know encrypts the secrets of authenticator apps, all of them decrypt',
  },
  {
    name: 'MFA_POLICY',
    option: 'mfa.policy',
    parse: mfaPolicy,
    defaultNote: '`optional`',
    meaning:
      'Who must have a second factor: nobody with `optional`, everybody with `required`, or the users with any of these roles: `roles:admin,support`',
  },
  {
    name: 'MFA_RESET_DELAY',
    option: 'mfa.resetDelay',
    parse: asText,
    defaultNote: '`24h`',
    meaning:
      'How long `latchkey user reset-factors` waits, in which the owner can cancel it: up to `30d`; `0s`: not at all',
  },
  {
    name: 'MFA_RECOVERY_BRAKE',
    option: 'mfa.recoveryBrake',
    parse: asText,
    defaultNote: '`24h`',
    meaning:
      'For how long after the use of a recovery code, or a reset of factors, the address, the factors and the closing of the account need a passkey: up to `30d`; `0s`: never',
  },
  {
    name: 'FORWARD_AUTH',
    option: 'forwardAuth',
    parse: flag,
    default: 'off',
    meaning: 'Whether `GET /auth/forward` tells proxies such as nginx and Traefik who makes a request',
  },
  {
    name: 'PASSWORD_MIN_LENGTH',
    option: 'passwords.minLength',
    parse: asNumber,
    default: '15',
    meaning: 'The minimum length of a new password in characters, from 8 to 64',
  },
  {
    name: 'BCRYPT_COST',
    option: 'passwords.bcryptCost',
    parse: asNumber,
    default: '12',
    meaning: 'The cost of a password hash, from 10 to 15; each step doubles the work',
  },
  {
    name: 'PASSWORD_PEPPER',
    option: 'passwords.peppers',
    parse: texts,
    meaning:
      'Secrets of at least 32 bytes mixed into password hashes, comma-separated, newest first: the first one that all instances know is used. Keep them outside the database, and never lose them',
  },
  {
    name: 'RATE_LIMIT',
    option: 'rateLimits',
    parse: onOrOff,
    default: 'on',
    meaning: '`off` disables all rate limits and the delays after failed logins',
  },
] as const satisfies readonly Variable[];
