import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client as Pg } from 'pg';
import { runCli } from '../support/cli.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { productionSettings } from '../support/service-process.js';
import { until } from '../support/until.js';

const ROOT = join(import.meta.dirname, '../..');
const USERS = 5_000;
const HASH = `$2b$10$${'x'.repeat(53)}`;

let database: TestDatabase;
let settings: Record<string, string>;
let pg: Pg;
/** Apart from the other connection, whose transaction would see the activity of its beginning. */
let watcher: Pg;
let directory: string;
let file: string;
beforeAll(async () => {
  database = await createMigratedDatabase();
  settings = productionSettings(database.url);
  pg = new Pg(database.url);
  watcher = new Pg(database.url);
  await Promise.all([pg.connect(), watcher.connect()]);
});
beforeEach(async () => {
  await pg.query('TRUNCATE users');
  directory = mkdtempSync(join(tmpdir(), 'latchkey-resume-'));
  file = join(directory, 'users.ndjson');
  // Every hundredth user has no address.
  const rows = Array.from({ length: USERS }, (_, i) => ({
    id: `u${i}`,
    email: i % 100 === 0 ? 'nobody' : emailOf(i),
    passwordHash: HASH,
  }));
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
});
afterEach(() => rmSync(directory, { recursive: true }));
afterAll(async () => {
  await Promise.all([pg?.end(), watcher?.end()]);
  await database?.drop();
});

const emailOf = (i: number) => `user-${i}@example.com`;
const count = async () => (await pg.query('SELECT count(*)::int AS n FROM users')).rows[0].n as number;

const ARGS = () => ['user', 'import', file, '--ids', join(directory, 'ids'), '--json'];

function start(): ChildProcess {
  const { PATH, HOME, TMPDIR } = process.env;
  return spawn(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...ARGS()], {
    env: { PATH, HOME, TMPDIR, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Lets the import come as far as this user, whose address is being added elsewhere, and ends it there. */
async function endAt(user: number, signal: NodeJS.Signals): Promise<string> {
  await pg.query('BEGIN');
  await pg.query(`INSERT INTO users (id, email) VALUES (gen_random_uuid(), $1)`, [emailOf(user)]);
  const child = start();
  const said = text(child.stderr!);
  const ended = once(child, 'exit');
  await until(async () => {
    const { rows } = await watcher.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  });
  child.kill(signal);
  await ended;
  await pg.query('ROLLBACK');
  return said;
}

/** Runs the same command in this process, which starts faster. */
async function finish() {
  const { code, stdout, stderr } = await runCli(ARGS(), settings);
  return { code, stderr, ...JSON.parse(stdout) };
}

const linesOf = (name: string): Record<string, unknown>[] =>
  readFileSync(name, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('an import that is interrupted', () => {
  it('continues after being killed twice: every user once, every rejected user once', async () => {
    await endAt(2_550, 'SIGKILL');
    const said = await endAt(4_550, 'SIGKILL');
    expect(said).toMatch(/^Continuing after [12]000 users of an interrupted import/);
    const answer = await finish();
    expect(answer).toMatchObject({ code: 1, imported: 4_950, present: 0, taken: 0, rejected: 50 });
    expect(answer.stderr).toMatch(/Continuing after [34]000 users/);
    expect(await count()).toBe(4_950);
    const rejected = linesOf(`${file}.rejected.ndjson`);
    expect(rejected.map(({ line }) => line)).toEqual(Array.from({ length: 50 }, (_, i) => 100 * i + 1));
    const ids = linesOf(join(directory, 'ids'));
    expect(new Set(ids.map(({ from }) => from)).size).toBe(4_950);
    expect(ids).toHaveLength(4_950);
    // Complete, the import begins anew, and finds everybody there.
    expect(await finish()).toMatchObject({ imported: 0, present: 4_950, rejected: 50, stderr: '' });
  });

  it('adds everybody to another database, or to one restored from a backup', async () => {
    await endAt(2_550, 'SIGKILL');
    await pg.query('TRUNCATE users');
    expect(await finish()).toMatchObject({ code: 1, imported: 4_950, present: 0, rejected: 50 });
    expect(await count()).toBe(4_950);
    expect(linesOf(`${file}.rejected.ndjson`)).toHaveLength(50);
    expect(linesOf(join(directory, 'ids'))).toHaveLength(4_950);
  });

  it('says after Ctrl-C how to continue', async () => {
    expect(await endAt(3_550, 'SIGINT')).toMatch(
      /Stopped after \d000 users: run the same command again to continue\./,
    );
    expect(await finish()).toMatchObject({ imported: 4_950, rejected: 50 });
  });

  it('says when the database goes away how to continue, and begins anew with a file that has changed', async () => {
    await pg.query('BEGIN');
    await pg.query(`INSERT INTO users (id, email) VALUES (gen_random_uuid(), $1)`, [emailOf(1_550)]);
    const running = finish();
    await until(async () => {
      const { rows } = await watcher.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });
    const answer = await running;
    await pg.query('ROLLBACK');
    expect(answer).toMatchObject({ code: 3, error: expect.any(String) });
    expect(answer.stderr).toContain('Stopped after 1000 users: run the same command again to continue.');
    writeFileSync(file, `${JSON.stringify({ id: 'new', email: 'new@example.com' })}\n`);
    expect(await finish()).toMatchObject({ code: 0, imported: 1, rejected: 0, stderr: '' });
    expect(await count()).toBe(991);
  });
});
