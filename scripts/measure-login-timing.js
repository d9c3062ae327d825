// `node scripts/measure-login-timing.js`: does the time of a failed login reveal what is behind an address? Starts a
// separate service and database, with every limit on, and tries addresses of each kind in turn. Prints figures without
// judging them: on a busy machine they are worth little.
import { execSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startService } from './built-service.js';
import { kolmogorovSmirnov, median, shuffled } from './kolmogorov-smirnov.js';

const SAMPLES = Number(process.env.SAMPLES ?? 500);
const COST = process.env.BCRYPT_COST ?? '12';
const FREE_ATTEMPTS = 5;
const PASSWORD = 'a long sentence of mine';
const KINDS = ['wrong', 'unknown', 'disabled', 'off'];
/** Answered with 429 without checking the password. */
const WAITING = ['waiting user', 'waiting unknown'];

process.chdir(join(import.meta.dirname, '..'));
execSync('npm run --silent build', { stdio: 'inherit' });
const { startEmbeddedPostgres } = await import('../dist/embedded-postgres/embedded-postgres.js');

const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-timing-'));
const database = await startEmbeddedPostgres({ dataDir, log: () => {} });
let service;
try {
  service = await startService({
    DATABASE_URL: database.url,
    BCRYPT_COST: COST,
    // The limits by address are on, so each request comes from a different address.
    TRUST_PROXY: '127.0.0.0/8',
  });
  const attempts = await prepare();
  const times = Object.fromEntries([...KINDS, ...WAITING].map((kind) => [kind, []]));
  for (const kind of [...KINDS, ...WAITING]) await login({ ...attempts[kind][0], expected: undefined }); // warm up
  for (let round = 0; round < SAMPLES; round++) {
    process.stderr.write(`\rround ${round + 1} of ${SAMPLES}`);
    // A different order in each round, so that no kind always follows the same one.
    for (const kind of shuffled([...KINDS, ...WAITING])) {
      // The first attempt of each kind was used for the warm-up.
      times[kind].push(await login(attempts[kind][round + FREE_ATTEMPTS]));
    }
  }
  process.stderr.write('\r\x1b[K');
  console.log(`${SAMPLES} failed logins of each kind in turn, bcrypt cost ${COST}\n`);
  report(times, KINDS);
  report(times, WAITING);
} finally {
  if (service) await service.stop();
  await database.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** Accounts of each kind, as many as the free attempts require, and the attempts on them. */
async function prepare() {
  await post('/auth/register', { email: 'first@example.com', password: PASSWORD });
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  const { rows } = await sql.query('SELECT password_hash FROM users');
  const addUser = async (email, disabledAt = null) => {
    const id = randomUUID();
    const columns = 'id, email, password_hash, disabled_at';
    await sql.query(`INSERT INTO users (${columns}) VALUES ($1, $2, $3, $4)`, [
      id,
      email,
      rows[0].password_hash,
      disabledAt,
    ]);
    return id;
  };
  const addFailures = (email, userId, total, freeAt) =>
    sql.query(
      `INSERT INTO login_attempts (account, user_id, failures, total, last_at, free_at)
       VALUES (encode(sha256(convert_to($1, 'UTF8')), 'hex'), $2, 0, $3, now(), $4)`,
      [email, userId, total, freeAt],
    );
  const tomorrow = new Date(Date.now() + 86_400_000);
  const make = {
    wrong: async (email) => {
      await addUser(email);
      return { password: 'not the sentence of anyone' };
    },
    unknown: async () => ({}),
    // The right password where it must not help: an attacker would like to see a difference there.
    disabled: async (email) => {
      await addUser(email, new Date());
      return {};
    },
    off: async (email) => {
      await addFailures(email, await addUser(email), 100, null);
      return {};
    },
    'waiting user': async (email) => {
      await addFailures(email, await addUser(email), 9, tomorrow);
      return { expected: 429 };
    },
    'waiting unknown': async (email) => {
      await addFailures(email, null, 9, tomorrow);
      return { expected: 429 };
    },
  };
  const attempts = {};
  for (const [kind, prepareOne] of Object.entries(make)) {
    attempts[kind] = [];
    while (attempts[kind].length < SAMPLES + FREE_ATTEMPTS) {
      const email = `${randomBytes(8).toString('hex')}@example.com`;
      const attempt = { email, password: PASSWORD, expected: 401, ...(await prepareOne(email)) };
      for (let i = 0; i < FREE_ATTEMPTS; i++) attempts[kind].push(attempt);
    }
  }
  await sql.query('ANALYZE');
  await sql.end();
  return attempts;
}

/** Returns milliseconds. */
async function login({ email, password, expected }) {
  const began = performance.now();
  const status = await post('/auth/login', { email, password });
  const took = performance.now() - began;
  if (expected !== undefined && status !== expected)
    throw new Error(`A login was answered ${status}, not ${expected}`);
  return took;
}

async function post(path, body) {
  const response = await fetch(service.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': [10, ...randomBytes(3)].join('.') },
    body: JSON.stringify(body),
  });
  await response.text();
  return response.status;
}

function report(times, kinds) {
  const [reference, ...others] = kinds;
  const row = (cells) => console.log(cells.map((cell, i) => String(cell).padEnd(i ? 12 : 18)).join(''));
  row(['kind', 'median ms', 'difference', 'KS D', 'KS p']);
  row([reference, median(times[reference]).toFixed(2), '', '', '']);
  for (const kind of others) {
    const [m, m0] = [median(times[kind]), median(times[reference])];
    const difference = `${(((m - m0) / m0) * 100).toFixed(2)} %`;
    const { d, p } = kolmogorovSmirnov(times[kind], times[reference]);
    row([kind, m.toFixed(2), difference, d.toFixed(3), p.toFixed(3)]);
  }
  console.log();
}
