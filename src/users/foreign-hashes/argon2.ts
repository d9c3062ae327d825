import * as crypto from 'node:crypto';
import { fromBase64, isEqual, isHash, parameters, toInteger } from './encodings.js';
import type { ForeignFormat, ForeignHash } from './foreign-hash.js';

export interface Argon2Settings {
  type: 'argon2d' | 'argon2i' | 'argon2id';
  /** KiB. */
  memory: number;
  passes: number;
  parallelism: number;
  salt: Buffer | null;
  hash: Buffer | null;
}

/** Node's own function, since Node 24.7. */
type NodeArgon2 = (
  algorithm: Argon2Settings['type'],
  settings: {
    message: string;
    nonce: Buffer;
    parallelism: number;
    tagLength: number;
    memory: number;
    passes: number;
  },
  done: (error: Error | null, derived: Buffer) => void,
) => void;

/** `@node-rs/argon2`, an optional dependency. */
interface Argon2Package {
  verify(hash: string, password: string): Promise<boolean>;
}

/** What can compute Argon2 here; tests pass their own. */
export interface Argon2Engines {
  node?: NodeArgon2;
  load(): Promise<Argon2Package>;
  /** Whether the package has been loaded. */
  isLoaded?: boolean;
}

/** Nothing here computes Argon2. The message says what to install. */
export class Argon2MissingError extends Error {
  constructor(cause: unknown) {
    super(
      `A stored password hash is of Argon2, which needs Node 24.7 or ${PACKAGE}: npm install ${PACKAGE}`,
      {
        cause,
      },
    );
  }
}

const PACKAGE = '@node-rs/argon2';

const ENGINES: Argon2Engines = {
  node: (crypto as { argon2?: NodeArgon2 }).argon2,
  // Not a literal, so that neither the compiler nor a bundler requires it.
  load: () => import(PACKAGE) as Promise<Argon2Package>,
};

const MAX_MEMORY = 256 * 1024;
/** Memory times passes, about a second. */
const MAX_WORK = 1024 * 1024;

export function argon2Hash(settings: Argon2Settings, engines = ENGINES): ForeignHash | null {
  const { memory, passes, parallelism, salt, hash } = settings;
  if (!salt || salt.length < 8 || salt.length > 64 || !isHash(hash)) return null;
  const isSane = parallelism >= 1 && parallelism <= 16 && passes >= 1 && memory >= 8 * parallelism;
  if (!isSane || memory > MAX_MEMORY || memory * passes > MAX_WORK) return null;
  const checked = { ...settings, salt, hash };
  return {
    isComputable: () => engines.node !== undefined || engines.isLoaded === true,
    verify: async (password) =>
      engines.node
        ? isEqual(await derive(engines.node, checked, password), hash)
        : (await loaded(engines)).verify(toPhc(checked), password),
  };
}

type Checked = Argon2Settings & { salt: Buffer; hash: Buffer };

function derive(node: NodeArgon2, { type, salt, hash, ...rest }: Checked, message: string): Promise<Buffer> {
  const { memory, passes, parallelism } = rest;
  const settings = { message, nonce: salt, parallelism, tagLength: hash.length, memory, passes };
  return new Promise((resolve, reject) =>
    node(type, settings, (error, derived) => (error ? reject(error) : resolve(derived))),
  );
}

/** @throws Argon2MissingError */
async function loaded(engines: Argon2Engines): Promise<Argon2Package> {
  try {
    const found = await engines.load();
    engines.isLoaded = true;
    return found;
  } catch (cause) {
    throw new Argon2MissingError(cause);
  }
}

/** Loads what computes Argon2, if it is installed: until then, `isComputable` is false without Node's own function. */
export async function lookForArgon2(engines = ENGINES): Promise<void> {
  if (!engines.node && !engines.isLoaded) await loaded(engines).catch(() => undefined);
}

function toPhc({ type, memory, passes, parallelism, salt, hash }: Checked): string {
  const [saltText, hashText] = [salt, hash].map((bytes) => bytes.toString('base64').replaceAll('=', ''));
  return `$${type}$v=19$m=${memory},t=${passes},p=${parallelism}$${saltText}$${hashText}`;
}

/** PHC: `$argon2id$v=19$m=<KiB>,t=<passes>,p=<lanes>$<salt>$<hash>`; Django writes `argon2` in front of it. */
export const phcArgon2: ForeignFormat = (text) => {
  const [, type, given, salt, hash] =
    /^(?:argon2)?\$(argon2(?:id|i|d))\$v=19\$([^$]+)\$([^$]+)\$([^$]+)$/.exec(text) ?? [];
  if (!type || !given) return null;
  const { m, t, p, ...others } = parameters(given);
  // A key or associated data would be part of the hash.
  if (Object.keys(others).length > 0) return null;
  return argon2Hash({
    type: type as Argon2Settings['type'],
    memory: toInteger(m),
    passes: toInteger(t),
    parallelism: toInteger(p),
    salt: fromBase64(salt),
    hash: fromBase64(hash),
  });
};
