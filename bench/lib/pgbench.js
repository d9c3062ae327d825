// PostgreSQL's own load generator with the statement of a rotation: the maximum that the database can do.
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { onContenderCore } from './cores.js';
import { withClient } from './database.js';
import { CREATE_TABLES, UPDATE } from './rotation.js';
import { settings } from './settings.js';

const CLIENTS = 20;
const FIRST_JTI = '00000000-0000-4000-8000-000000000000';
const sid = (n) => `('00000000-0000-4000-8000-' || lpad(${n}::text, 12, '0'))::uuid`;

/** A function that measures for some seconds, or `undefined` if there is no pgbench. */
export async function pgbench(databaseUrl) {
  if (spawnSync('pgbench', ['--version']).status !== 0) return undefined;
  await withClient(databaseUrl, async (client) => {
    for (const statement of CREATE_TABLES) await client.query(statement);
  });
  const update = UPDATE(sid(':client_id'), ':jti', 'gen_random_uuid()').replaceAll(/\s+/g, ' ');
  const script = `${update} RETURNING current_jti AS jti \\gset\n`;

  return async (seconds = settings.seconds) => {
    await withClient(databaseUrl, resetSessions);
    const [command, ...before] = [...onContenderCore.slice(0, -1), 'pgbench'];
    // It accepts only whole seconds, and on a busy machine one may pass before it has begun.
    const length = settings.smoke ? '-t 5' : `-T ${Math.ceil(seconds)}`;
    const options = `-n -M prepared -c ${CLIENTS} ${length} -D jti=${FIRST_JTI} -f -`.split(' ');
    const run = promisify(execFile)(command, [...before, ...options, databaseUrl]);
    run.child.stdin.end(script);
    const { stdout } = await run;
    const rate = Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1]);
    if (!(rate > 0)) throw new Error(`pgbench: ${stdout}`);
    return { rate, p50: (CLIENTS * 1000) / rate };
  };
}

async function resetSessions(client) {
  await client.query('TRUNCATE refresh_tokens');
  await client.query(
    `INSERT INTO refresh_tokens SELECT ${sid('n')}, 'ada', '${FIRST_JTI}', NULL, now(), now(), now(),
       now() + interval '7 days', now() + interval '30 days' FROM generate_series(0, ${CLIENTS - 1}) AS n`,
  );
}
