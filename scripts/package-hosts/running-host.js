// A host's process, and how to ask it.
import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** @typedef {Awaited<ReturnType<typeof startHost>>} RunningHost */

/** Starts the process, and resolves once it listens. */
export async function startHost({ row, folder, args, databaseUrl, ownQuestions, runProgram }) {
  const env = { ...variables(), DATABASE_URL: databaseUrl, ...row.env };
  const { url, child } = await listening(folder, args, env);
  const call = (...request) => callAt(url, ...request);
  const { auth, orders } = row.paths;
  return {
    row,
    folder,
    url,
    ownQuestions,
    databaseUrl,
    call,
    /** Runs one of its packages' programs in its environment. */
    runProgram: (...program) => runProgram(env, ...program),
    get: (path, token) => call('GET', auth + path, { token }),
    post: (path, body) => call('POST', auth + path, { body }),
    orders: (method, token) => call(method, orders, { token }),
    tables: async () => (await query(databaseUrl, TABLES)).map(({ name }) => name),
    async makeAdmin(email) {
      if (row.users !== 'own') await query(databaseUrl, MAKE_ADMIN, [email]);
    },
    stop: () => child.kill(),
  };
}

const MAKE_ADMIN = `UPDATE users SET roles = '{admin}' WHERE email = $1`;
const TABLES = `SELECT table_name AS name FROM information_schema.tables
  WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_name <> 'migrations' ORDER BY 1`;

export async function query(url, sql, values = []) {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

async function callAt(url, method, path, { body, token } = {}) {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, ...(text.startsWith('{') && JSON.parse(text)) };
}

/** What the hosts and the guides' examples read. */
function variables() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secret = () => randomBytes(48).toString('base64url');
  return {
    JWT_ACCESS_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    JWT_ACCESS_SECRET: secret(),
    JWT_REFRESH_SECRET: secret(),
  };
}

function listening(folder, args, env) {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk) => {
      output += chunk;
      const [, url] = /listens on (\S+)/.exec(output) ?? [];
      if (url) resolve({ url, child });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`the host ended with code ${code}\n${output}`)));
  });
}
