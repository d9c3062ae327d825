import { argon2Hash } from './argon2.js';
import { fromBase64 } from './encodings.js';
import type { ForeignFormat, ForeignHash } from './foreign-hash.js';
import { pbkdf2Hash } from './pbkdf2.js';

type Data = Record<string, unknown>;

const PBKDF2: Record<string, string> = {
  pbkdf2: 'sha1',
  'pbkdf2-sha256': 'sha256',
  'pbkdf2-sha512': 'sha512',
};

/**
 * A credential of a Keycloak realm export, as JSON with its `secretData` and `credentialData`: PBKDF2, or Argon2 since
 * Keycloak 25.
 */
export const keycloak: ForeignFormat = (text) => {
  if (!text.startsWith('{')) return null;
  const credential = objectOf(text);
  const { algorithm, hashIterations, additionalParameters } = objectOf(credential.credentialData);
  const { value, salt } = objectOf(credential.secretData);
  const stored = { salt: fromBase64(textOf(salt)), hash: fromBase64(textOf(value)) };
  const iterations = wholeOf(hashIterations);
  if (algorithm === 'argon2') return argon2(objectOf(additionalParameters), iterations, stored);
  const digest = typeof algorithm === 'string' && Object.hasOwn(PBKDF2, algorithm) && PBKDF2[algorithm];
  return digest ? pbkdf2Hash({ digest, iterations, ...stored }) : null;
};

/** Keycloak writes each parameter as a list with one text. */
function argon2(
  given: Data,
  passes: number,
  stored: { salt: Buffer | null; hash: Buffer | null },
): ForeignHash | null {
  const [type, version, memory, parallelism] = ['type', 'version', 'memory', 'parallelism'].map((name) =>
    textOf([given[name]].flat()[0]),
  );
  if (version !== '1.3' || !(type === 'id' || type === 'i' || type === 'd')) return null;
  return argon2Hash({
    type: `argon2${type}`,
    memory: wholeOf(Number(memory)),
    passes,
    parallelism: wholeOf(Number(parallelism)),
    ...stored,
  });
}

/** An object, or the JSON of one, which is how Keycloak nests them. */
function objectOf(value: unknown): Data {
  if (typeof value !== 'string') return typeof value === 'object' && value ? (value as Data) : {};
  try {
    return Object(JSON.parse(value)) as Data;
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function wholeOf(value: unknown): number {
  return Number.isSafeInteger(value) ? (value as number) : Number.NaN;
}
