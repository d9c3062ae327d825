// `npm run measure:enumeration [-- forgot register resend change]`: do answers tell whether an address has an account, by
// their bytes or by the time they take? Starts a separate service, database and mail server, with every limit on. SAMPLES
// (500) requests of each kind are compared by the two-sample Kolmogorov–Smirnov test, and up to four times as many where the
// machine is too noisy to find two milliseconds with fewer. With --json, prints that. SLOWER_MS makes PostgreSQL slower in
// `forgot` for addresses that get no mail, to see that a difference is found.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { buildIfNeeded } from './build-if-needed.js';
import { startService } from './built-service.js';
import { CALLS, Cases, PASSWORD } from './enumeration/cases.js';
import { compare, measure, requestsFor, together, wouldFind } from './enumeration/compare.js';

const SAMPLES = Number(process.env.SAMPLES ?? 500);
const MOST_BLOCKS = 4;
/** After so long, the samples must do. */
const MOST_MS = 90_000;
/** A difference that must not be overlooked. */
const FOUND_MS = 2;
const SLOWER_MS = Number(process.env.SLOWER_MS ?? 0);
const isJson = process.argv.includes('--json');
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const unknown = named.find((name) => !Object.hasOwn(CALLS, name));
if (unknown !== undefined) {
  console.error(`Unknown call: ${unknown}. The calls are ${Object.keys(CALLS).join(', ')}.`);
  process.exit(2);
}

buildIfNeeded();
const { startEmbeddedPostgres } = await import('../dist/embedded-postgres/embedded-postgres.js');

const secret = randomBytes(48).toString('base64url');
const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-enumeration-'));
const postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined });
const database = new Client({ connectionString: postgres.url });
const sink = fork(join(import.meta.dirname, 'smtp-sink.js'));
let service;
try {
  const [{ port }] = await once(sink, 'message');
  service = await startService({
    DATABASE_URL: postgres.url,
    JWT_ALGORITHM: 'HS256',
    JWT_ACCESS_SECRET: secret,
    BCRYPT_COST: '10',
    EMAIL_VERIFICATION: 'required',
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    MAIL_FROM: 'no-reply@example.com',
    TRUST_PROXY: '127.0.0.0/8',
  });
  await database.connect();
  if (SLOWER_MS > 0) await slowDown();
  const cases = await prepare();
  const results = {};
  for (const name of named.length > 0 ? named : Object.keys(CALLS)) results[name] = await run(cases, name);
  if (isJson) console.log(JSON.stringify(results));
  else print(results);
} finally {
  if (service) await service.stop();
  await database.end();
  sink.disconnect();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function run(cases, name) {
  const until = performance.now() + MOST_MS;
  let measured = await measureOnce(cases, name);
  const isEnough = () => performance.now() > until || wouldFind(measured, FOUND_MS);
  for (let blocks = 1; blocks < MOST_BLOCKS && !isEnough(); blocks++)
    measured = together(measured, await measureOnce(cases, name));
  if (!wouldFind(measured, FOUND_MS))
    console.error(`${name}: on a machine as noisy as this, ${FOUND_MS} ms might be overlooked.`);
  return compare(measured);
}

async function measureOnce(cases, name) {
  const call = CALLS[name];
  const requests = {};
  for (const [kind, behind] of Object.entries(call.kinds))
    requests[kind] = await cases.requests(call, behind, requestsFor(SAMPLES));
  await database.query('ANALYZE');
  const measured = await measure(service.url, requests, (done, all) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${name}: ${done} of ${all}`);
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  return measured;
}

async function prepare() {
  const { default: bcrypt } = await import('bcrypt');
  const cases = new Cases(database, secret);
  await cases.begin({
    passwordHash: await bcrypt.hash(PASSWORD, 10),
    signIn: async (email) => {
      const response = await fetch(`${service.url}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: PASSWORD }),
      });
      const { accessToken } = await response.json();
      if (!accessToken) throw new Error(`The login was answered ${response.status}`);
      return accessToken;
    },
  });
  return cases;
}

async function slowDown() {
  await database.query(`
    CREATE FUNCTION slow_down() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT EXISTS (SELECT FROM users WHERE id::text = NEW.user_id) THEN
        PERFORM pg_sleep(${SLOWER_MS / 1_000});
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER slow_down BEFORE INSERT ON auth_actions FOR EACH ROW
      WHEN (NEW.purpose = 'reset-password') EXECUTE FUNCTION slow_down();`);
}

function print(results) {
  const row = (cells) => console.log(cells.map((cell, i) => String(cell).padEnd(i < 2 ? 20 : 11)).join(''));
  console.log(`Requests of each kind in a random order; each kind is compared with the first one\n`);
  row(['call', 'address', 'requests', 'median ms', 'KS D', 'KS p', 'bytes']);
  for (const [call, rows] of Object.entries(results))
    for (const { kind, samples, median, d, p, isEqual } of rows)
      row([
        call,
        kind,
        samples,
        median.toFixed(2),
        d?.toFixed(3) ?? '',
        p?.toFixed(3) ?? '',
        isEqual ? 'equal' : 'DIFFERENT',
      ]);
}
