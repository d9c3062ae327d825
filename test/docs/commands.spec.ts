import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { type Block, blocksOf, guides, isRun } from '../../scripts/guide-blocks.js';
import { migrate } from '../../src/settings/database.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { productionSettings } from '../support/service-process.js';

const ROOT = join(import.meta.dirname, '../..');
/** bash, because it can also report a failure within a pipe; not everybody has it. */
const [shell, flags] =
  spawnSync('bash', ['--version']).status === 0 ? ['bash', ['--norc', '-euo', 'pipefail']] : ['sh', ['-eu']];
const COMMANDS = new Set(['sh', 'bash', 'console']);

const blocks = guides.flatMap(blocksOf);
const runnable = (...languages: string[]) =>
  blocks
    .filter((block) => languages.includes(block.language) && isRun(block))
    .map((block): [string, Block] => [`${block.guide}:${block.line}`, block]);

/** What the guides assume to exist. */
const GIVEN = `
  CREATE ROLE latchkey_service;
  CREATE TABLE old_users (email text, name text, password_hash text, role text);`;

describe('the commands of the guides', () => {
  let database: TestDatabase;
  let bin: string;
  beforeAll(async () => {
    database = await createDatabase();
    await migrate(database.url);
    bin = mkdtempSync(join(tmpdir(), 'latchkey-bin-'));
    const latchkey = `#!/bin/sh\nexec '${process.execPath}' '${ROOT}/dist/cli/main.js' "$@"\n`;
    writeFileSync(join(bin, 'latchkey'), latchkey, { mode: 0o755 });
    writeFileSync(join(bin, 'npx'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
  });
  afterAll(async () => {
    rmSync(bin, { recursive: true });
    await database.drop();
  });

  it.each(runnable('sh', 'bash'))('run: %s', async (_, { code }) => {
    const here = code.replaceAll(/postgres:\/\/\S+/g, database.url);
    const { PATH, HOME } = process.env;
    const settings: Record<string, string | undefined> = productionSettings(database.url);
    const env = { ...settings, HOME, PATH: `${bin}:${PATH}`, DATABASE_URL: undefined } as NodeJS.ProcessEnv;
    const run = promisify(execFile)(shell, [...flags, '-c', here], { cwd: bin, env });
    await expect(run).resolves.toBeDefined();
  });

  it.each(runnable('sql'))('run on the current tables: %s', async (_, { code }) => {
    const client = new Client(database.url);
    await client.connect();
    await client.query(`BEGIN; ${GIVEN}`);
    await expect(client.query(code)).resolves.toBeDefined();
    await client.end(); // without COMMIT
  });

  it('are left out only if the list gives a reason, and the list has no stale entries', () => {
    const list = JSON.parse(readFileSync(join(ROOT, 'test/docs/blocks-not-run.json'), 'utf8')) as {
      guide: string;
      begins: string;
      because: string;
    }[];
    for (const { guide, begins, because } of list) {
      const matching = blocksOf(guide).filter(
        ({ language, code }) => COMMANDS.has(language) && code.startsWith(begins),
      );
      expect([begins, because.length > 0, matching.length]).toEqual([begins, true, 1]);
    }
  });
});
