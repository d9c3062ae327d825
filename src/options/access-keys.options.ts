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

/** The options of `jwt` that say which keys sign access tokens. */
export interface AccessKeyOptions {
  /** Default: `HS256` when `accessSecret` is given, else `ES256`. */
  algorithm?: SigningAlgorithm;
  /** For HS*: one or more secrets of at least 32 random bytes, newest first. The first signs, all verify. */
  accessSecret?: string | string[];
  /**
   * For RS*, PS*, ES*, EdDSA: one or more private keys as PEM (PKCS#8), newest first. The first signs, all verify.
   * Beside a `keyRing` they only verify.
   */
  accessPrivateKey?: string | string[];
  /** For RS*, PS*, ES*, EdDSA: keys that are kept in PostgreSQL and replaced while the app runs. */
  keyRing?: KeyRingOptions;
}

/** They depend on each other: {@link resolveAccessKeys} judges them together. */
export const ACCESS_KEY_RULES = {
  algorithm: asGiven<SigningAlgorithm>(),
  accessSecret: asGiven<string | string[]>(),
  accessPrivateKey: asGiven<string | string[]>(),
  keyRing: asGiven<KeyRingOptions>(keyRing.rules),
} satisfies Rules<AccessKeyOptions>;

/** The keys of access tokens: those given, a ring, or a ring beside keys that only verify. */
export interface AccessKeySettings {
  given?: KeySet;
  ring?: KeyRingSettings & { algorithm: SigningAlgorithm };
}

/** @param jwt as given, since whether an option is there at all tells which kind of key is meant */
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
    'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 makes one for ES256; or give jwt.keyRing';
  return { given: check.keys('jwt.accessPrivateKey', jwt.accessPrivateKey, parse, advice), ring };
}

/** Also when the secret is missing, such as an environment variable that is not set. */
function meansSecret(jwt: AccessKeyOptions): boolean {
  return 'accessSecret' in jwt && !jwt.accessPrivateKey && !jwt.keyRing;
}

/** An option that does nothing was meant to do something, and the one that has an effect may be the wrong one. */
function refuseMix(jwt: AccessKeyOptions, algorithm: SigningAlgorithm, check: OptionChecker): void {
  if (isSymmetric(algorithm) && toList(jwt.accessPrivateKey).length > 0)
    check.fail('jwt.accessPrivateKey', `is a key pair, but ${algorithm} takes a shared secret: remove one`);
  if (!isSymmetric(algorithm) && toList(jwt.accessSecret).length > 0)
    check.fail('jwt.accessSecret', `is a shared secret, but ${algorithm} takes a key pair: remove one`);
}

function secretKeys(
  jwt: AccessKeyOptions,
  algorithm: SigningAlgorithm,
  check: OptionChecker,
): KeySet | undefined {
  if (jwt.keyRing) check.fail('jwt.keyRing', `is for key pairs, but ${algorithm} takes a shared secret`);
  const parse = (secret: string) => keyFromSecret(secret, algorithm);
  return check.keys('jwt.accessSecret', jwt.accessSecret, parse, SECRET_ADVICE);
}
