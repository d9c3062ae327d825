import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../../src/embedded-postgres/embedded-postgres.js';
import { openScratchFolder, startService } from '../support/embedded-postgres.js';
import { until } from '../support/until.js';

const ROOT = join(import.meta.dirname, '../..');
let scratch: Awaited<ReturnType<typeof openScratchFolder>>;
let folders = 0;
const running: ChildProcess[] = [];

beforeAll(async () => {
  scratch = await openScratchFolder();
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => scratch.close());

interface Program {
  dataDir: string;
  output(): string;
  signal(name: NodeJS.Signals): void;
  exited: Promise<number | null>;
}

/** The built program with an embedded database in its own folder. */
function run(file: string, args: string[] = [], dataDir = join(scratch.folder, `data${++folders}`)): Program {
  const child = spawn(process.execPath, [join(ROOT, 'dist', file), ...args], {
    env: { PATH: process.env.PATH, NODE_ENV: 'development', DATA_DIR: dataDir, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { dataDir, output: () => output, signal: (name) => void child.kill(name), exited };
}

/** The processes of the system whose working folder is inside this one: servers and what they have started. */
function serversIn(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}

async function nothingLeft({ dataDir }: Program): Promise<void> {
  // What creates a cluster ends a moment after the process for which it does.
  await until(() => serversIn(dataDir).length === 0);
  const lines: string[] = [];
  const next = await startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line) });
  try {
    const log = await readFile(join(dataDir, 'postgres.log'), 'utf8').catch(() => '');
    expect(log).not.toMatch(/not properly shut down|recovery/i);
    expect(lines.join()).not.toMatch(/already running/);
  } finally {
    await next.stop();
  }
}

const started = (program: Program) =>
  until(() => /127\.0\.0\.1:\d+\b[^]*ready|http:\/\/127/i.test(program.output()));

describe('no embedded PostgreSQL is left running', () => {
  it.each<[NodeJS.Signals, NodeJS.Signals]>([
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGINT'],
    ['SIGHUP', 'SIGTERM'],
  ])('after %s and, during the shutdown, %s', async (first, second) => {
    const program = run('main.js');
    await started(program);
    program.signal(first);
    await until(() => program.output().includes(`${first}: `));
    program.signal(second);
    expect(await program.exited).toBe(1);
    await nothingLeft(program);
  });

  it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM', 'SIGHUP'])('after %s alone', async (signal) => {
    const program = run('main.js');
    await started(program);
    program.signal(signal);
    expect(await program.exited).toBe(0);
    await nothingLeft(program);
  });

  it.each(['Creating the embedded PostgreSQL', 'Started the embedded PostgreSQL'])(
    'after a SIGINT during the start: %s',
    async (line) => {
      const program = run('main.js');
      await until(() => program.output().includes(line));
      program.signal('SIGINT');
      expect(await program.exited).toBe(0);
      await nothingLeft(program);
    },
  );

  it('after two SIGINTs during the start', async () => {
    const program = run('main.js');
    await until(() => program.output().includes('Started the embedded PostgreSQL'));
    program.signal('SIGINT');
    await until(() => program.output().includes('SIGINT: '));
    program.signal('SIGINT');
    expect([0, 1]).toContain(await program.exited);
    await nothingLeft(program);
  });

  it('after a command that is interrupted', async () => {
    const program = run('cli/main.js', ['keys', 'list']);
    await until(() => serversIn(program.dataDir).length > 0);
    program.signal('SIGINT');
    expect(await program.exited).toBe(130);
    await nothingLeft(program);
  });
});

/** A folder with a database that has been created and stopped: the next program only has to start it. */
async function createdFolder(): Promise<string> {
  const dataDir = join(scratch.folder, `data${++folders}`);
  await (await startEmbeddedPostgres({ dataDir, log: () => undefined })).stop();
  return dataDir;
}

/** People press Ctrl-C again and again, and npm passes each on a second time. */
describe('no embedded PostgreSQL is left running by impatience', () => {
  const SIGNALS: [string, NodeJS.Signals[]][] = [
    ['two SIGINTs', ['SIGINT', 'SIGINT']],
    ['SIGINT and SIGTERM', ['SIGINT', 'SIGTERM']],
    ['six SIGINTs', Array<NodeJS.Signals>(6).fill('SIGINT')],
  ];
  const interrupt = async (program: Program, signals: NodeJS.Signals[], delay: number) => {
    await until(() => existsSync(join(program.dataDir, 'postgres/postmaster.pid')));
    await sleep(delay);
    for (const signal of signals) {
      program.signal(signal);
      await sleep(30);
    }
  };

  describe.each([
    ['keys list', 1, /The schema is not up to date/],
    ['user list', 1, /The schema is not up to date/],
    ['migrate', 0, /The schema is up to date/],
  ])('latchkey %s', (command, ownCode, ended) => {
    it.each(SIGNALS)('after %s', async (_, signals) => {
      const program = run('cli/main.js', command.split(' '), await createdFolder());
      await interrupt(program, signals, 50);
      const code = await program.exited;
      // On a machine that is busy elsewhere, the command can end before the first signal is sent.
      expect(code).toBe(ended.test(program.output()) ? ownCode : 130);
      await nothingLeft(program);
    });
  });

  describe.each([0, 50, 150])('the service, %i ms after PostgreSQL wrote its process id', (delay) => {
    it.each(SIGNALS)('after %s', async (_, signals) => {
      const program = run('main.js', [], await createdFolder());
      await interrupt(program, signals, delay);
      expect([0, 1]).toContain(await program.exited);
      await nothingLeft(program);
    });
  });

  it('the service, after six SIGINTs while it is running', async () => {
    const program = run('main.js');
    await started(program);
    await interrupt(program, Array<NodeJS.Signals>(6).fill('SIGINT'), 0);
    expect([0, 1]).toContain(await program.exited);
    await nothingLeft(program);
  });
});

it('a second signal leaves the server to another process that uses it', async () => {
  const program = run('main.js');
  await started(program);
  const other = await startService(program.dataDir);
  program.signal('SIGINT');
  program.signal('SIGINT');
  await program.exited;
  expect(serversIn(program.dataDir)).not.toEqual([]);
  await other.stop();
  await nothingLeft(program);
});
