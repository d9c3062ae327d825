// The built service as a separate process, for scripts that measure it.
import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A line of the log of at least this level. */
const WARNING = /^\{"level":[456]0,/;

/**
 * Starts it with settings of production and fresh secrets, and with these; resolves when it listens. Its warnings and errors
 * go to stderr.
 */
export async function startService(settings) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../dist/main.js')], {
    env: {
      PATH: process.env.PATH,
      PUBLIC_URL: 'https://auth.example.com',
      ...(!settings.JWT_ACCESS_SECRET && { JWT_ACCESS_PRIVATE_KEY: newKey() }),
      JWT_REFRESH_SECRET: randomBytes(48).toString('base64url'),
      HOST: '127.0.0.1',
      PORT: '0',
      SHUTDOWN_DELAY: '0s',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    let output = '';
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (WARNING.test(line)) console.error(line);
      if (output === null) return;
      output += `${line}\n`;
      const [, found] = /Latchkey listens on (http[^\s"]+)/.exec(line) ?? [];
      if (!found) return;
      output = null;
      resolve(found);
    });
    child.once('exit', () => reject(new Error(`The service did not start:\n${output}`)));
  });
  return { url, stop: () => child.kill() && exited };
}

function newKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
}
