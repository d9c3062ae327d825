import type { KeySet } from '../keys/key-set.js';
import {
  isSymmetric,
  keyFromPem,
  keyFromSecret,
  SECRET_ADVICE,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
} from '../keys/signing-key.js';
import { type KeyRingOptions, keyRing, type KeyRingSettings } from './key-ring.options.js';
import { type OptionChecker, toList } from './option-checker.js';
import { asGiven, type Rules } from './rules.js';

/** The options of `jwt` that set the keys of access tokens. */
export interface AccessKeyOptions {
  /**
   * The signing algorithm (RFC 7518 §3.1, RFC 8037). Default: `HS256` if `accessSecret` is given, otherwise `ES256`.
   */
  algorithm?: SigningAlgorithm;
  /**
   * For HS*: one or more secrets of at least 32 random bytes, newest first. The first one that all instances know signs, all of
   * them verify.
   */
  accessSecret?: string | string[];
  /**
   * For RS*, PS*, ES*, EdDSA: one or more private keys as PEM (PKCS#8), newest first. The first one that all instances
   * know signs, all of them verify. With a `keyRing`, they only verify.
   */
  accessPrivateKey?: string | string[];
  /** For RS*, PS*, ES*, EdDSA: keys that are stored in PostgreSQL and rotated while the app runs. */
  keyRing?: KeyRingOptions;
}

/** These options depend on each other, so {@link resolveAccessKeys} checks them together. */
export const ACCESS_KEY_RULES = {
  algorithm: asGiven<SigningAlgorithm>(),
  accessSecret: asGiven<string | string[]>(),
  accessPrivateKey: asGiven<string | string[]>(),
  keyRing: asGiven<KeyRingOptions>(keyRing.rules),
} satisfies Rules<AccessKeyOptions>;

/** The keys of access tokens: the given ones, a ring, or a ring plus given keys that only verify. */
export interface AccessKeySettings {
  given?: KeySet;
  ring?: KeyRingSettings & { algorithm: SigningAlgorithm };
}

/** @param jwt as given, because the mere presence of an option decides which kind of key is meant */
export function resolveAccessKeys(jwt: AccessKeyOptions, check: OptionChecker): AccessKeySettings {
  const meant = jwt.algorithm ?? (meansSecret(jwt) ? 'HS256' : 'ES256');
  const algorithm = check.oneOf('jwt.algorithm', meant, SIGNING_ALGORITHMS);
  if (!SIGNING_ALGORITHMS.includes(algorithm)) return {};
  refuseMix(jwt, algorithm, check);
  if (isSymmetric(algorithm)) return { given: secretKeys(jwt, algorithm, check) };

  const ring = jwt.keyRing && { ...keyRing(check, 'jwt.keyRing', jwt.keyRing), algorithm };
  if (ring && toList(jwt.accessPrivateKey).length === 0) return { ring };
  const parse = (pem: string) => keyFromPem(pem, algorithm);
  const advice =
    'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 generates one for ES256; or set jwt.keyRing';
  return { given: check.keys('jwt.accessPrivateKey', jwt.accessPrivateKey, parse, advice), ring };
}

/** True even if the secret turns out to be missing, for example because an environment variable is not set. */
function meansSecret(jwt: AccessKeyOptions): boolean {
  return 'accessSecret' in jwt && !jwt.accessPrivateKey && !jwt.keyRing;
}

/** Rejects keys that the algorithm cannot use: they were meant to do something, or the algorithm is the wrong one. */
function refuseMix(jwt: AccessKeyOptions, algorithm: SigningAlgorithm, check: OptionChecker): void {
  if (isSymmetric(algorithm) && toList(jwt.accessPrivateKey).length > 0)
    check.fail(
      'jwt.accessPrivateKey',
      `is a key pair, but ${algorithm} requires a shared secret: remove it, or change jwt.algorithm`,
    );
  if (!isSymmetric(algorithm) && toList(jwt.accessSecret).length > 0)
    check.fail(
      'jwt.accessSecret',
      `is a shared secret, but ${algorithm} requires a key pair: remove it, or change jwt.algorithm`,
    );
}

function secretKeys(
  jwt: AccessKeyOptions,
  algorithm: SigningAlgorithm,
  check: OptionChecker,
): KeySet | undefined {
  if (jwt.keyRing) check.fail('jwt.keyRing', `is for key pairs, but ${algorithm} requires a shared secret`);
  const parse = (secret: string) => keyFromSecret(secret, algorithm);
  return check.keys('jwt.accessSecret', jwt.accessSecret, parse, SECRET_ADVICE);
}
