import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SigningAlgorithm } from '../index.js';

interface SecretsFile {
  refreshSecret: string;
  /** By algorithm, so that switching back to an algorithm finds its key again. */
  accessKeys: Partial<Record<SigningAlgorithm, string>>;
}

/**
 * The secrets of a development machine: generated once, then read from `secrets.json` (mode 0600) in the data folder.
 * Two services that start at the same time on one folder get the same secrets.
 */
export function developmentSecrets(dataDir: string, algorithm: SigningAlgorithm) {
  makeFolder(dataDir);
  const file = join(dataDir, 'secrets.json');
  const secrets = read(file) ?? createOnce(file, algorithm);
  const accessKey = secrets.accessKeys[algorithm] ?? generateKey(algorithm);
  if (!secrets.accessKeys[algorithm]) {
    replace(file, { ...secrets, accessKeys: { ...secrets.accessKeys, [algorithm]: accessKey } });
  }
  return { refreshSecret: secrets.refreshSecret, accessKey };
}

function makeFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(`The data folder ${dataDir} cannot be created (${code}): set DATA_DIR to a folder`, {
      cause,
    });
  }
}

function read(file: string): SecretsFile | undefined {
  try {
    const secrets = JSON.parse(readFileSync(file, 'utf8')) as Partial<SecretsFile> | null;
    if (
      typeof secrets?.refreshSecret !== 'string' ||
      typeof secrets.accessKeys !== 'object' ||
      !secrets.accessKeys
    )
      throw new Error('its content has an unexpected structure');
    return secrets as SecretsFile;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(
      `${file} cannot be read: fix it, or delete it to generate new secrets (this ends all sessions)`,
      { cause },
    );
  }
}

/**
 * Creates the file with a hard link, which appears complete or not at all, and succeeds for only one of several
 * starting services.
 */
function createOnce(file: string, algorithm: SigningAlgorithm): SecretsFile {
  const secrets = { refreshSecret: randomSecret(), accessKeys: { [algorithm]: generateKey(algorithm) } };
  const draft = writeDraft(file, secrets);
  try {
    linkSync(draft, file);
    return secrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return read(file)!;
  } finally {
    rmSync(draft, { force: true });
  }
}

function replace(file: string, secrets: SecretsFile): void {
  renameSync(writeDraft(file, secrets), file);
}

function writeDraft(file: string, secrets: SecretsFile): string {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return draft;
}

function randomSecret(): string {
  return randomBytes(64).toString('base64url');
}

const CURVES: Partial<Record<SigningAlgorithm, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

function generatePair(algorithm: SigningAlgorithm) {
  const namedCurve = CURVES[algorithm];
  if (namedCurve) return generateKeyPairSync('ec', { namedCurve });
  return algorithm === 'EdDSA'
    ? generateKeyPairSync('ed25519')
    : generateKeyPairSync('rsa', { modulusLength: 3072 });
}

function generateKey(algorithm: SigningAlgorithm): string {
  if (algorithm.startsWith('HS')) return randomSecret();
  return generatePair(algorithm).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}
