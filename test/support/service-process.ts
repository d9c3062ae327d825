import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from './client.js';

const ROOT = join(import.meta.dirname, '../..');

export interface ServiceProcess {
  client: Client;
  process: ChildProcess;
  /** Everything it has printed so far. */
  output(): string;
  /** Ends it, with SIGTERM by default, and waits. Resolves with the exit code, or `null` if a signal killed it. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** The address behind which a service with {@link productionSettings} would stand, and the issuer of its tokens. */
export const PUBLIC_URL = 'https://auth.example.com';

/** Settings with which the service runs in production; each call creates new secrets. */
export function productionSettings(databaseUrl: string): Record<string, string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    DATABASE_URL: databaseUrl,
    PUBLIC_URL,
    JWT_ACCESS_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    JWT_REFRESH_SECRET: randomBytes(48).toString('base64url'),
    HOST: '127.0.0.1',
    PORT: '0',
    SHUTDOWN_DELAY: '0s',
    BCRYPT_COST: '10',
    RATE_LIMIT: 'off',
  };
}

/** Runs a script from the sources, without a build. */
export const fromSources = (script: string) => [
  process.execPath,
  '--import',
  join(ROOT, 'scripts/typescript.js'),
  join(ROOT, script),
];
const BUILT = [process.execPath, join(ROOT, 'dist/main.js')];

/** Runs the service, or another program, as a separate process, with exactly these settings. */
export function runService(
  settings: Record<string, string>,
  [command = '', ...args]: string[] = BUILT,
): ServiceProcess['process'] {
  const { PATH, HOME, TMPDIR } = process.env;
  return spawn(command, args, {
    cwd: ROOT,
    env: { PATH, HOME, TMPDIR, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs the service, or another program that prints its address, and waits until it is listening. */
export async function startServiceProcess(
  settings: Record<string, string>,
  command?: string[],
): Promise<ServiceProcess> {
  const child = runService(settings, command);
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const [, found] = /listens on (http[^\s"]+)/.exec(output) ?? [];
      if (found) resolve(found);
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.once('exit', (code) => reject(new Error(`The service ended with code ${code}:\n${output}`)));
  });
  return {
    client: new Client(url),
    process: child,
    output: () => output,
    end: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill(signal);
      // Not `exit`: what it printed last may still be on its way.
      const [code] = (await once(child, 'close')) as [number | null];
      return code;
    },
  };
}
