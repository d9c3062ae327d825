import { spawn, type ChildProcess } from 'node:child_process';
import { parse } from 'node:path';

/** A user of the operating system that a program is run as. */
export interface SystemUser {
  uid: number;
  gid: number;
}

export interface RunOptions {
  /** Root runs the program as this user. */
  user?: SystemUser;
  /** Out of reach of the Ctrl-C that is meant for this process. */
  detached?: boolean;
  /** The program is killed after this many milliseconds. */
  limit: number;
}

export interface RunResult {
  ok: boolean;
  /** What it wrote to either stream, or why it could not be run. */
  output: string;
}

/** Runs a program to its end. Never rejects: a program that cannot be run is one that failed. */
export async function run(command: string, args: string[], options: RunOptions): Promise<RunResult> {
  const child = spawn(command, args, {
    ...options.user,
    detached: options.detached ?? false,
    // The folder this process was started in may be closed to that user.
    cwd: parse(process.execPath).root,
    env: environment(),
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), options.limit);
  const end = await ended(child);
  clearTimeout(timer);
  if (end instanceof Error) return { ok: false, output: end.message };
  if (child.signalCode) output += `\nstopped by ${child.signalCode}; it may take ${options.limit / 1000} s`;
  return { ok: end === 0, output: output.trim() };
}

/** The server outlives this process and may run as another user, so it gets none of the secrets in our environment. */
function environment(): NodeJS.ProcessEnv | undefined {
  return process.platform === 'win32' ? undefined : { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
}

function ended(child: ChildProcess): Promise<number | null | Error> {
  return new Promise((resolve) => {
    child.once('error', resolve);
    child.once('close', resolve);
    // On Windows the server inherits the pipes of pg_ctl, and they stay open as long as it runs.
    child.once('exit', (code) => {
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve(code);
      }, 200).unref();
    });
  });
}
