import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { isEqual } from './encodings.js';
import type { ForeignFormat } from './foreign-hash.js';

/** https://www.akkadia.org/drepper/SHA-crypt.txt */
interface Variant {
  algorithm: 'sha256' | 'sha512';
  /** The order in which the bytes of the digest are written, in groups of three. */
  order: readonly number[];
  /** Characters of the hash. */
  length: number;
}

/** Each next group is the one before, rotated, with every byte `step` further. */
function orderOf(bytes: number, [a, b, c]: [number, number, number], step: number, tail: number[]): number[] {
  const groups: number[] = [];
  let group = [a, b, c];
  while (groups.length + tail.length < bytes) {
    groups.push(...group);
    const [x, y, z] = group as [number, number, number];
    group = step > 0 ? [y + 1, z + 1, x + 1] : [z + 1, x + 1, y + 1];
  }
  return [...groups, ...tail];
}

const VARIANTS: Record<string, Variant> = {
  '5': { algorithm: 'sha256', order: orderOf(32, [0, 10, 20], -1, [31, 30]), length: 43 },
  '6': { algorithm: 'sha512', order: orderOf(64, [0, 21, 42], 1, [63]), length: 86 },
};

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DEFAULT_ROUNDS = 5_000;
const MIN_ROUNDS = 1_000;
/** Passlib uses 656,000. */
const MAX_ROUNDS = 700_000;
/** A longer password makes every round longer. */
const MAX_PASSWORD_BYTES = 256;
/** A few milliseconds, after which other requests get their turn. */
const ROUNDS_AT_ONCE = 2_000;

/** The `crypt` of Linux: `$5$` with SHA-256 and `$6$` with SHA-512. */
export const shaCrypt: ForeignFormat = (text) => {
  const [, id, given, salt, hash] =
    /^\$([56])\$(?:rounds=(\d{4,7})\$)?([^$:\n]{0,16})\$([./\dA-Za-z]+)$/.exec(text) ?? [];
  const variant = VARIANTS[id ?? ''];
  const rounds = given === undefined ? DEFAULT_ROUNDS : Number(given);
  if (!variant || !hash || hash.length !== variant.length || rounds < MIN_ROUNDS || rounds > MAX_ROUNDS)
    return null;
  return {
    async verify(password) {
      const bytes = Buffer.from(password);
      if (bytes.length > MAX_PASSWORD_BYTES) return false;
      const digest = await digestOf(variant.algorithm, bytes, Buffer.from(salt!), rounds);
      return isEqual(Buffer.from(encode(digest, variant.order)), Buffer.from(hash));
    },
  };
};

async function digestOf(algorithm: string, password: Buffer, salt: Buffer, rounds: number): Promise<Buffer> {
  const hash = (...parts: Buffer[]) => {
    const state = createHash(algorithm);
    for (const part of parts) state.update(part);
    return state.digest();
  };
  const start = hash(password, salt, ...startOf(password, hash(password, salt, password)));
  const p = repeat(hash(...Array<Buffer>(password.length).fill(password)), password.length);
  const s = repeat(hash(...Array<Buffer>(16 + start[0]!).fill(salt)), salt.length);
  let digest = start;
  for (let round = 0; round < rounds; round++) {
    if (round % ROUNDS_AT_ONCE === ROUNDS_AT_ONCE - 1) await setImmediate();
    const odd = round % 2 === 1;
    const middle = [...(round % 3 ? [s] : []), ...(round % 7 ? [p] : [])];
    digest = hash(odd ? p : digest, ...middle, odd ? digest : p);
  }
  return digest;
}

/** The bytes of the other digest as long as the password, then one part for each bit of its length. */
function startOf(password: Buffer, other: Buffer): Buffer[] {
  const parts = [repeat(other, password.length)];
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? other : password);
  return parts;
}

function repeat(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}

function encode(digest: Buffer, order: readonly number[]): string {
  let text = '';
  for (let at = 0; at < order.length; at += 3) {
    const group = order.slice(at, at + 3);
    let bits = group.reduce((sum, place) => sum * 256 + digest[place]!, 0);
    for (let left = group.length + 1; left > 0; left--) {
      text += ALPHABET[bits & 63];
      bits >>= 6;
    }
  }
  return text;
}
