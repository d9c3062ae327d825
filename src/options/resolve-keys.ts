import type { KeyRotationSettings } from '../keys/key-rotation.js';
import type { KeySet } from '../keys/key-set.js';
import {
  isSymmetric,
  keyFromPem,
  keyFromSecret,
  SECRET_ADVICE,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
} from '../keys/signing-key.js';
import type { AuthModuleOptions, KeyRingOptions } from './auth-options.js';
import { type OptionChecker, toList } from './option-checker.js';

type JwtOptions = Partial<AuthModuleOptions['jwt']>;

/** The keys of access tokens: those given, a ring, or a ring beside keys that only verify. */
export interface AccessKeySettings {
  given?: KeySet;
  ring?: KeyRotationSettings & { encryptionSecrets: string[] };
}

export function resolveAccessKeys(jwt: JwtOptions, check: OptionChecker): AccessKeySettings {
  const wanted = jwt.algorithm ?? (meansSecret(jwt) ? 'HS256' : 'ES256');
  const algorithm = check.oneOf('jwt.algorithm', wanted, SIGNING_ALGORITHMS);
  if (!SIGNING_ALGORITHMS.includes(algorithm)) return {};
  refuseMix(jwt, algorithm, check);
  if (isSymmetric(algorithm)) return { given: secretKeys(jwt, algorithm, check) };

  const ring = jwt.keyRing && resolveRing(jwt.keyRing, algorithm, check);
  if (ring && toList(jwt.accessPrivateKey).length === 0) return { ring };
  const parse = (pem: string) => keyFromPem(pem, algorithm);
  const advice =
    'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 makes one for ES256; or give jwt.keyRing';
  return { given: check.keys('jwt.accessPrivateKey', jwt.accessPrivateKey, parse, advice), ring };
}

export function resolveRefreshKeys(jwt: JwtOptions, check: OptionChecker): KeySet | undefined {
  const parse = (secret: string) => keyFromSecret(secret, 'HS256');
  return check.keys('jwt.refreshSecret', jwt.refreshSecret, parse, SECRET_ADVICE);
}

/** Also where the secret turns out to be missing, as an environment variable that is not set. */
function meansSecret(jwt: JwtOptions): boolean {
  return 'accessSecret' in jwt && !jwt.accessPrivateKey && !jwt.keyRing;
}

/** A setting that is given and does nothing was meant to do something; and one that does may be the wrong one. */
function refuseMix(jwt: JwtOptions, algorithm: SigningAlgorithm, check: OptionChecker): void {
  if (isSymmetric(algorithm) && toList(jwt.accessPrivateKey).length > 0)
    check.fail('jwt.accessPrivateKey', `is a key pair, but ${algorithm} takes a shared secret: remove one`);
  if (!isSymmetric(algorithm) && toList(jwt.accessSecret).length > 0)
    check.fail('jwt.accessSecret', `is a shared secret, but ${algorithm} takes a key pair: remove one`);
}

function secretKeys(jwt: JwtOptions, algorithm: SigningAlgorithm, check: OptionChecker): KeySet | undefined {
  if (jwt.keyRing) check.fail('jwt.keyRing', `is for key pairs, but ${algorithm} takes a shared secret`);
  const parse = (secret: string) => keyFromSecret(secret, algorithm);
  return check.keys('jwt.accessSecret', jwt.accessSecret, parse, SECRET_ADVICE);
}

function resolveRing(options: KeyRingOptions, algorithm: SigningAlgorithm, check: OptionChecker) {
  const encryptionSecrets = check.secrets('jwt.keyRing.encryptionSecret', options.encryptionSecret);
  if (toList(options.encryptionSecret).length === 0)
    check.fail('jwt.keyRing.encryptionSecret', `is missing: ${SECRET_ADVICE}`);
  const publishAhead = check.duration('jwt.keyRing.publishAhead', options.publishAhead ?? '10m', {});
  const rotateEvery = check.duration('jwt.keyRing.rotateEvery', options.rotateEvery ?? '30d', {
    min: publishAhead + 1,
  });
  return { algorithm, rotateEvery, publishAhead, encryptionSecrets };
}
