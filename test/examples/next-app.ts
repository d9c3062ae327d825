import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PUBLIC_URL } from '../support/service-process.js';
import type { RunningExample } from './verifier-process.js';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const NEXT = join(EXAMPLES, 'node_modules/next/dist/bin/next');
const { PATH, HOME } = process.env;
const QUIET = { PATH, HOME, NEXT_TELEMETRY_DISABLED: '1', NEXT_IGNORE_INCORRECT_LOCKFILE: '1' };

/** Runs `next build`, as for production. */
export async function buildNextApp(): Promise<void> {
  const env = { ...QUIET, NODE_ENV: 'production' as const };
  await promisify(execFile)(process.execPath, [NEXT, 'build', 'next'], { cwd: EXAMPLES, env }).catch(
    ({ stdout, stderr }: { stdout: string; stderr: string }) => {
      throw new Error(`next build failed:\n${stdout}\n${stderr}`);
    },
  );
}

/** Runs `next start` on the build, on a free port; resolves when it answers. It trusts this machine as its proxy. */
export async function startNextApp(serviceUrl: string): Promise<RunningExample> {
  const child = spawn(process.execPath, [NEXT, 'start', 'next', '--port', '0', '--hostname', '127.0.0.1'], {
    cwd: EXAMPLES,
    env: {
      ...QUIET,
      LATCHKEY_URL: serviceUrl,
      JWT_ISSUER: PUBLIC_URL,
      TRUSTED_PROXIES: '127.0.0.0/8, ::1,',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const port = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const [, found] = /http:\/\/127\.0\.0\.1:(\d+)[^]*Ready/.exec(output) ?? [];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`next start ended with code ${code}:\n${output}`)));
  });
  return {
    // Browsers treat this name like HTTPS: they accept `Secure` cookies from it.
    url: `http://localhost:${port}`,
    end: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
