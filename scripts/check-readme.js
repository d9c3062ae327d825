// `npm run check:readme`: runs the README's console session, command by command in one shell, against a fresh service,
// and holds what is answered against what is written. Tokens, ids and times may differ; "…" stands for anything.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const work = mkdtempSync(join(tmpdir(), 'latchkey-readme-'));
const END = '--- end of the answer ---';

/** The commands of all console blocks, each with the answer written below it. */
function readSteps() {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const session = [...readme.matchAll(/^```console\n([^]*?)^```$/gm)].map(([, block]) => block).join('\n');
  return session
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const lines = step.trimEnd().split('\n');
      const length = lines.findIndex((line) => !line.endsWith('\\')) + 1;
      return { command: lines.slice(0, length).join('\n'), expected: lines.slice(length).join('\n') };
    });
}

/** Line breaks mean nothing, and what differs from run to run is given one name. */
function normalize(text) {
  return text
    .replaceAll(/\s+/g, '')
    .replaceAll(/[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
}

function pattern(expected) {
  const escaped = normalize(expected.replaceAll(/"[\da-f]{8}-…"/g, '"…"')).replaceAll(
    /[$()*+.?[\\\]^{|}]/g,
    '\\$&',
  );
  return new RegExp(`^${escaped.replaceAll('…', '.*?')}$`);
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function startService(port) {
  const { NODE_ENV: _, ...environment } = process.env;
  const env = { ...environment, PORT: String(port), DATA_DIR: join(work, 'data') };
  const service = spawn(process.execPath, ['scripts/start.js'], { cwd: root, env, stdio: 'ignore' });
  for (let tries = 0; tries < 600; tries++) {
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    if (ready?.ok) return service;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the service did not get ready');
}

/** One shell for the whole session, so that variables and files stay. */
function openShell() {
  const shell = spawn('bash', [], { cwd: work, stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  shell.stdout.on('data', (chunk) => (output += chunk));
  return {
    async run(command) {
      output = '';
      shell.stdin.write(`${command}\necho; echo '${END}'\n`);
      while (!output.includes(END)) await new Promise((resolve) => setTimeout(resolve, 20));
      return output.slice(0, output.indexOf(END));
    },
    close: () => shell.stdin.end(),
  };
}

const steps = readSteps();
const port = await freePort();
const service = await startService(port);
const shell = openShell();
let failed = 0;
try {
  for (const { command, expected } of steps) {
    const answer = await shell.run(command.replaceAll('localhost:3000', `127.0.0.1:${port}`));
    const agrees = pattern(expected).test(normalize(answer));
    console.log(`${agrees ? 'as written' : 'NOT AS WRITTEN'}: ${command.split('\n')[0].slice(0, 100)}`);
    if (agrees) continue;
    failed += 1;
    console.log(`  written:  ${normalize(expected)}\n  answered: ${normalize(answer)}`);
  }
} finally {
  shell.close();
  const exited = new Promise((resolve) => service.once('exit', resolve));
  service.kill('SIGTERM');
  await exited;
  rmSync(work, { recursive: true, force: true });
}
console.log(`${steps.length - failed} of ${steps.length} commands answered as written`);
process.exitCode = failed === 0 && steps.length > 0 ? 0 : 1;
