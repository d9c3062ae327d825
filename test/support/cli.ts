import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runProgram } from '../../src/cli/program.js';

const ROOT = join(import.meta.dirname, '../..');

export interface CliRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `latchkey <args>` within this process, with exactly these settings. */
export async function runCli(args: string[], settings: Record<string, string>, input = ''): Promise<CliRun> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  // Read while it runs: a command that writes much waits for its reader.
  const read = Promise.all([text(stdout), text(stderr)]);
  const code = await runProgram(args, { env: settings, stdin: Readable.from([input]), stdout, stderr });
  for (const stream of [stdout, stderr]) stream.end();
  const [output, errors] = await read;
  return { code, stdout: output, stderr: errors };
}

function spawnCli(args: string[], settings: Record<string, string>) {
  const { PATH, HOME, TMPDIR } = process.env;
  return spawn(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...args], {
    env: { PATH, HOME, TMPDIR, ...settings },
    stdio: 'pipe',
  });
}

/** Does the same in a separate process. */
export async function runCliProcess(
  args: string[],
  settings: Record<string, string>,
  input = '',
): Promise<CliRun> {
  const child = spawnCli(args, settings);
  child.stdin.on('error', () => undefined).end(input); // a command that reads no input may have ended already
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

/** Does so without anyone who reads the one output, as after `head` has ended. Resolves to what the other one says. */
export async function runCliUnread(
  args: string[],
  settings: Record<string, string>,
  unread: 'stdout' | 'stderr',
): Promise<{ code: number | null; signal: NodeJS.Signals | null; other: string }> {
  const child = spawnCli(args, settings);
  child[unread].destroy();
  const [other, [code, signal]] = await Promise.all([
    text(unread === 'stdout' ? child.stderr : child.stdout),
    once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { code, signal, other };
}

/** No output may contain one of these, a private key, or a stack trace. */
export function expectNothingSecret({ stdout, stderr }: CliRun, secrets: string[]): void {
  const printed = stdout + stderr;
  for (const text of secrets.filter((secret) => secret !== '')) expect(printed).not.toContain(text);
  expect(printed).not.toMatch(/PRIVATE KEY|^\s+at .+:\d+:\d+/m);
}
