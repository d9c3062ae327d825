import { Client } from 'pg';
import { runCli } from '../support/cli.js';
import { openGate } from '../support/database-gate.js';
import { createDatabase } from '../support/postgres.js';

const hasSessions = async (url: string) => {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(`SELECT to_regclass('refresh_tokens') IS NOT NULL AS there`);
  await client.end();
  return rows[0].there as boolean;
};

it('latchkey migrate names a shard that cannot be reached, and migrates the others', async () => {
  const databases = [await createDatabase(), await createDatabase(), await createDatabase()];
  const [main, first, second] = databases.map(({ url }) => url);
  const gate = await openGate(first!);
  try {
    const env = { DATABASE_URL: main!, DATABASE_SHARDS: `${gate.url}\n${second}` };
    await gate.refuse();
    const { code, stderr } = await runCli(['migrate'], env);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/except in shard 1 \(.*ECONNREFUSED/)]);
    expect(stderr).not.toContain(new URL(gate.url).password);
    expect(await Promise.all([main!, first!, second!].map(hasSessions))).toEqual([true, false, true]);
    await gate.open();
    expect(await runCli(['migrate'], env)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('also in 2 shards'),
    });
    expect(await hasSessions(first!)).toBe(true);
  } finally {
    await gate.close();
    for (const database of databases) await database.drop();
  }
});
