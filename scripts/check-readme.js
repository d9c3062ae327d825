// `npm run check:readme`: runs the console session of each guide that has one, command by command in one shell, against
// a fresh service, and compares the answers with the written ones. Tokens, ids and times may differ; "…" stands for
// anything.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { blocksOf, guides, isRun } from './guide-blocks.js';

const root = join(import.meta.dirname, '..');
const END = '--- end of the answer ---';

/** The commands of all console blocks of a guide, each with the answer written below it. */
function readSteps(guide) {
  const session = blocksOf(guide).filter((block) => block.language === 'console' && isRun(block));
  return session
    .map(({ code }) => code)
    .join('\n')
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const lines = step.trimEnd().split('\n');
      const length = lines.findIndex((line) => !line.endsWith('\\')) + 1;
      return { command: lines.slice(0, length).join('\n'), expected: lines.slice(length).join('\n') };
    });
}

/** Ignores line breaks, and replaces what differs from run to run with fixed names. */
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

async function startService(port, work) {
  const { NODE_ENV: _, ...environment } = process.env;
  const env = { ...environment, PORT: String(port), DATA_DIR: join(work, 'data') };
  const service = spawn(process.execPath, ['scripts/start.js'], { cwd: root, env, stdio: 'ignore' });
  for (let tries = 0; tries < 600; tries++) {
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    if (ready?.ok) return service;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the service did not become ready');
}

/** One shell for the whole session, so that variables and files are kept. */
function openShell(work) {
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

/** Resolves with the number of commands whose answers differed from the written ones. */
async function check(steps) {
  const work = mkdtempSync(join(tmpdir(), 'latchkey-readme-'));
  const port = await freePort();
  const service = await startService(port, work);
  const shell = openShell(work);
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
    return failed;
  } finally {
    shell.close();
    const exited = new Promise((resolve) => service.once('exit', resolve));
    service.kill('SIGTERM');
    await exited;
    rmSync(work, { recursive: true, force: true });
  }
}

for (const guide of guides) {
  const steps = readSteps(guide);
  if (steps.length === 0) continue;
  const failed = await check(steps);
  console.log(`${guide}: ${steps.length - failed} of ${steps.length} commands answered as written`);
  if (failed > 0) process.exitCode = 1;
}
const FIRST_SESSION = 'docs/getting-started-service.md';
if (readSteps(FIRST_SESSION).length === 0) throw new Error(`${FIRST_SESSION} no longer has a session`);
