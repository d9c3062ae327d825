import { createCipheriv, scrypt as scryptCallback, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { fromBase64, isEqual, isHash, parameters, toInteger } from './encodings.js';
import type { ForeignFormat, ForeignHash } from './foreign-hash.js';

const scrypt = promisify<string, Buffer, number, ScryptOptions, Buffer>(scryptCallback);

const MIB = 2 ** 20;
const MAX_MEMORY = 256 * MIB;
/** N * r * p, about a second. */
const MAX_WORK = 2 ** 22;
/** Of OpenSSL, beyond the main table. */
const OVERHEAD = 4 * MIB;

interface ScryptSettings {
  N: number;
  r: number;
  p: number;
  salt: Buffer | null;
}

type Derive = (password: string, bytes: number) => Promise<Buffer>;

/** Returns `null` if the settings are invalid or too expensive. */
function deriving({ N, r, p, salt }: ScryptSettings): Derive | null {
  const isPowerOfTwo = N >= 2 && N <= 2 ** 24 && (N & (N - 1)) === 0;
  if (!salt || !isPowerOfTwo || !(r >= 1 && p >= 1) || 128 * N * r > MAX_MEMORY || N * r * p > MAX_WORK)
    return null;
  const maxmem = 128 * N * r + 128 * r * p + OVERHEAD;
  return (password, bytes) => scrypt(password, salt, bytes, { N, r, p, maxmem });
}

function scryptHash(settings: ScryptSettings & { hash: Buffer | null }): ForeignHash | null {
  const derive = deriving(settings);
  const { hash } = settings;
  if (!derive || !isHash(hash)) return null;
  return { verify: async (password) => isEqual(await derive(password, hash.length), hash) };
}

/** PHC and Passlib: `$scrypt$ln=<log2 N>,r=<r>,p=<p>$<salt>$<hash>`. */
export const phcScrypt: ForeignFormat = (text) => {
  const [, given, salt, hash] = /^\$scrypt\$([^$]+)\$([^$]+)\$([^$]+)$/.exec(text) ?? [];
  if (!given) return null;
  const { ln, r, p } = parameters(given);
  return scryptHash({
    N: 2 ** toInteger(ln),
    r: toInteger(r),
    p: toInteger(p),
    salt: fromBase64(salt),
    hash: fromBase64(hash),
  });
};

/** Django: `scrypt$<N>$<salt as text>$<r>$<p>$<hash>`. */
export const djangoScrypt: ForeignFormat = (text) => {
  const [, N, salt, r, p, hash] = /^scrypt\$(\d+)\$([^$]+)\$(\d+)\$(\d+)\$([^$]+)$/.exec(text) ?? [];
  if (!salt) return null;
  const [cost, block, parallel] = [N, r, p].map(toInteger) as [number, number, number];
  return scryptHash({ N: cost, r: block, p: parallel, salt: Buffer.from(salt), hash: fromBase64(hash) });
};

/** better-auth: `<salt>:<hash>`, both in hexadecimal. The salt is used as text, and passwords are in NFKC. */
export const betterAuthScrypt: ForeignFormat = (text) => {
  const [, salt, hash] = /^([\da-f]{32}):([\da-f]{128})$/.exec(text) ?? [];
  if (!salt || !hash) return null;
  const stored = scryptHash({
    N: 16_384,
    r: 16,
    p: 1,
    salt: Buffer.from(salt),
    hash: Buffer.from(hash, 'hex'),
  });
  return stored && { verify: (password) => stored.verify(password.normalize('NFKC')) };
};

const FIREBASE =
  /^\$fbscrypt\$v=1,n=(?<n>\d+),r=(?<r>\d+),p=(?<p>\d+)(?:,ss=(?<separator>[^,$]+))?,sk=(?<signer>[^,$]+)\$(?<salt>[^$]+)\$(?<hash>[^$]+)$/;

/**
 * Firebase's modified scrypt, as Supabase writes it: `$fbscrypt$v=1,n=<mem_cost>,r=<rounds>,p=1,ss=<salt separator>,
 * sk=<signer key>$<salt>$<hash>`. The hash is the project's signer key, encrypted under the derived key.
 */
export const firebaseScrypt: ForeignFormat = (text) => {
  const { n, r, p, separator, signer, salt, hash } = FIREBASE.exec(text)?.groups ?? {};
  const [saltBytes, signerKey, stored] = [salt, signer, hash].map(fromBase64);
  const separatorBytes = separator === undefined ? Buffer.alloc(0) : fromBase64(separator);
  if (!saltBytes || !signerKey || !separatorBytes || !isHash(stored!)) return null;
  const derive = deriving({
    N: 2 ** toInteger(n),
    r: toInteger(r),
    p: toInteger(p),
    salt: Buffer.concat([saltBytes, separatorBytes]),
  });
  if (!derive || signerKey.length !== stored.length) return null;
  return {
    verify: async (password) => {
      const cipher = createCipheriv('aes-256-ctr', await derive(password, 32), Buffer.alloc(16));
      return isEqual(Buffer.concat([cipher.update(signerKey), cipher.final()]), stored);
    },
  };
};
