import { pbkdf2 as pbkdf2Callback } from 'node:crypto';
import { promisify } from 'node:util';
import { fromBase64, isEqual, isHash, parameters, toInteger } from './encodings.js';
import type { ForeignFormat, ForeignHash } from './foreign-hash.js';

const pbkdf2 = promisify(pbkdf2Callback);

/** In bytes of output: a longer hash takes another run. */
const DIGESTS: Record<string, number> = { sha1: 20, sha256: 32, sha512: 64 };

/** About a second: Django uses 1.2 million, Keycloak 210,000. */
const MAX_ITERATIONS = 3_000_000;

export interface Pbkdf2Settings {
  digest: string;
  iterations: number;
  salt: Buffer | null;
  hash: Buffer | null;
}

export function pbkdf2Hash({ digest, iterations, salt, hash }: Pbkdf2Settings): ForeignHash | null {
  if (!Object.hasOwn(DIGESTS, digest) || !salt || !isHash(hash)) return null;
  const work = iterations * Math.ceil(hash.length / DIGESTS[digest]!);
  if (!(work >= 1 && work <= MAX_ITERATIONS)) return null;
  return {
    verify: async (password) => isEqual(await pbkdf2(password, salt, iterations, hash.length, digest), hash),
  };
}

/** Django: `pbkdf2_sha256$<iterations>$<salt as text>$<hash>`. */
export const djangoPbkdf2: ForeignFormat = (text) => {
  const [, digest, iterations, salt, hash] =
    /^pbkdf2_(sha1|sha256|sha512)\$(\d+)\$([^$]+)\$([^$]+)$/.exec(text) ?? [];
  if (!digest || !salt) return null;
  return pbkdf2Hash({
    digest,
    iterations: toInteger(iterations),
    salt: Buffer.from(salt),
    hash: fromBase64(hash),
  });
};

/** PHC: `$pbkdf2-sha256$i=<iterations>$<salt>$<hash>`, and Passlib, which omits `i=` and calls SHA-1 `$pbkdf2$`. */
export const phcPbkdf2: ForeignFormat = (text) => {
  const [, digest = 'sha1', given, salt, hash] =
    /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$([^$]+)\$([^$]+)\$([^$]+)$/.exec(text) ?? [];
  if (!given) return null;
  const iterations = toInteger(/^\d/.test(given) ? given : parameters(given).i);
  return pbkdf2Hash({ digest, iterations, salt: fromBase64(salt), hash: fromBase64(hash) });
};
