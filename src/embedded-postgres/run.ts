import { spawn, type ChildProcess } from 'node:child_process';
import { parse } from 'node:path';

/** The operating system user to run a program as. */
export interface SystemUser {
  uid: number;
  gid: number;
}

export interface RunOptions {
  /** The user to run the program as; requires root. */
  user?: SystemUser;
  /** Keeps a Ctrl-C that is meant for this process from reaching the program. */
  detached?: boolean;
  /** Milliseconds after which the program is killed. */
  limit: number;
}

export interface RunResult {
  ok: boolean;
  /** What it wrote to stdout and stderr, or why it could not be run. */
  output: string;
}

/** Runs a program until it ends. Never rejects: a program that cannot be started counts as failed. */
export async function run(command: string, args: string[], options: RunOptions): Promise<RunResult> {
  const child = spawn(command, args, {
    ...options.user,
    detached: options.detached ?? false,
    // That user may have no access to this process's working folder.
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
  // Without this process, nobody needs what the program makes; a detached one may be about to end by itself.
  const abandon = () => void (options.detached || child.kill());
  process.once('exit', abandon);
  const end = await ended(child);
  process.off('exit', abandon);
  clearTimeout(timer);
  if (end instanceof Error) return { ok: false, output: end.message };
  if (child.signalCode)
    output += `\nstopped by ${child.signalCode}; the time limit is ${options.limit / 1000} s`;
  return { ok: end === 0, output: output.trim() };
}

/** The server outlives this process and may run as another user, so it must not get the secrets in our environment. */
function environment(): NodeJS.ProcessEnv | undefined {
  return process.platform === 'win32' ? undefined : { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
}

function ended(child: ChildProcess): Promise<number | null | Error> {
  return new Promise((resolve) => {
    child.once('error', resolve);
    child.once('close', resolve);
    // On Windows, the server inherits the pipes of pg_ctl, which stay open as long as it runs.
    child.once('exit', (code) => {
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve(code);
      }, 200).unref();
    });
  });
}
