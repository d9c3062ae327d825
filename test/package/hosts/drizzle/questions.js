import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { run } from '../../../../scripts/package-hosts/run.js';
import { query } from '../../../../scripts/package-hosts/running-host.js';

/** The developer makes the app's own tables first. */
export const beforeStart = push;

export default [
  [
    'keeps our tables in their own schema, where drizzle-kit leaves them alone',
    async (host) => {
      const before = await tablesOf(host);
      assert.deepEqual(before.public, ['users']);
      assert.deepEqual(Object.keys(before), ['auth', 'public']);
      const { stdout } = await push(host, '--verbose');
      const statements = stdout.match(/^(CREATE|ALTER|DROP|TRUNCATE) .*/gm) ?? [];
      // drizzle-kit repeats the defaults of lists at each push.
      for (const statement of statements) assert.match(statement, /^ALTER TABLE "users" .* SET DEFAULT /);
      assert.doesNotMatch(stdout, /drop|delete/i);
      assert.deepEqual(await tablesOf(host), before);
    },
  ],
  [
    'still knows its users after that',
    async ({ post }) => {
      const account = { email: 'user@example.com', password: 'a long sentence of mine' };
      const { status, user } = await post('/login', account);
      assert.equal(status, 200);
      assert.match(user.id, /^\d+$/);
    },
  ],
  [
    'has no TypeORM that it must install or configure itself',
    async ({ folder }) => {
      const { dependencies } = createRequire(`${folder}/`)('./package.json');
      assert.ok(Object.keys(dependencies).every((name) => !name.includes('typeorm')));
    },
  ],
];

function push({ folder, databaseUrl }, ...more) {
  const options = [
    ...more,
    '--force',
    '--dialect=postgresql',
    '--schema=./drizzle-schema.ts',
    `--url=${databaseUrl}`,
  ];
  return run(join(folder, 'node_modules/.bin/drizzle-kit'), ['push', ...options], folder);
}

async function tablesOf({ databaseUrl }) {
  const rows = await query(
    databaseUrl,
    `SELECT schemaname AS schema, array_agg(tablename::text ORDER BY tablename) AS tables FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema') GROUP BY 1 ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ schema, tables }) => [schema, tables]));
}
