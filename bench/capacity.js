// `npm run capacity -- [--users 10000000 …]`: what so many users need, by the figures of the last run of the bench.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** What is assumed of users and of their app; each can be given. */
const ASSUMED = {
  users: { text: 'users', value: undefined },
  devices: { text: 'sessions of each', value: 1.5 },
  active: { text: 'share of the users who are active at the busiest time', value: 0.05 },
  requests: { text: 'guarded requests a second of an active user', value: 0.1 },
  ttl: { text: 'lifetime of an access token, in seconds', value: 900 },
  logins: { text: 'days between two logins of a user', value: 30 },
  peak: { text: 'logins at the busiest time / on average', value: 3 },
  endings: { text: 'share of the logins that are followed by a logout', value: 0.5 },
  busy: { text: 'how busy a processor may be', value: 0.5 },
};
const SIZES = [1e6, 1e7, 1e8];

/** From `docs/performance.md`, "Scale" and "Many live revocations"; in bytes. */
const SESSION_BYTES = 430;
const REVOCATION_BYTES = 91;
const WAL_BYTES = 800;
const PAGES_FROM_DISK = 4;
const TOKEN_BYTES = 2_000;

const options = Object.fromEntries(Object.keys(ASSUMED).map((name) => [name, { type: 'string' }]));
const { values } = parseArgs({ options });
const given = Object.fromEntries(
  Object.entries(ASSUMED).map(([name, { value }]) => [name, name in values ? positive(name) : value]),
);
const measured = constants(JSON.parse(readFileSync(join(import.meta.dirname, 'results.json'), 'utf8')).parts);
const sizes = given.users ? [given.users] : SIZES;

console.log(`Measured: ${measured.described}.`);
console.log(
  `Assumed: ${Object.entries(ASSUMED)
    .filter(([name]) => name !== 'users')
    .map(([name, { text }]) => `${text}: ${given[name]} (--${name})`)
    .join('; ')}.\n`,
);
const columns = sizes.map((users) => needsOf({ ...given, users }));
const rows = [['users', ...sizes.map(count)]].concat(
  Object.keys(columns[0]).map((what) => [what, ...columns.map((column) => column[what])]),
);
const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
rows.splice(
  1,
  0,
  widths.map((width, i) => '-'.repeat(width - (i > 0 ? 1 : 0)) + (i > 0 ? ':' : '')),
);
for (const row of rows)
  console.log(
    `| ${row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(' | ')} |`,
  );

/** Processor times in seconds. */
function constants({ guard, refresh, login, memory }) {
  const seconds = (part, name) => part.results[name].cpu.value / 1e6;
  const guarded = seconds(guard, 'Latchkey on Fastify, ES256');
  const own = guarded - seconds(guard, 'Nest on Fastify, ES256, unguarded');
  const rotation = seconds(refresh, 'Latchkey, ES256');
  const inDatabase = 1 / refresh.results['pgbench, the same statement, no HTTP'].rate.value;
  const hash = 1 / login.results['bcrypt compares alone, cost 12'].rate.value;
  const resident = memory.memory.at(-1).rss;
  const us = (time) => `${Math.round(time * 1e6)} us`;
  const described = [
    `a guarded request takes ${us(guarded)} of the app's processor, ${us(own)} of it the guard`,
    `a refresh ${us(rotation)}, and ${us(inDatabase)} of PostgreSQL's`,
    `a hash of cost 12 ${Math.round(hash * 1e3)} ms`,
    `an instance ${size(resident)}`,
  ].join('; ');
  return { own, rotation, inDatabase, hash, resident, described };
}

function needsOf({ users, devices, active, requests, ttl, logins, peak, endings, busy }) {
  const { own, rotation, inDatabase, hash, resident } = measured;
  const sessions = users * devices;
  const inUse = users * active;
  const refreshes = inUse / ttl;
  const loginsNow = (users / (logins * 86_400)) * peak;
  const revocations = loginsNow * endings * ttl;
  const processors = (time) => count(Math.max(0.1, time / busy), 1);
  return {
    'live sessions': count(sessions),
    'refreshes a second': count(refreshes),
    'guarded requests a second': count(inUse * requests),
    'logins a second': count(loginsNow, 1),
    'processors for the guard': processors(inUse * requests * own),
    'processors for refreshes': processors(refreshes * rotation),
    'processors for hashes of cost 12': processors(loginsNow * hash),
    'processors of PostgreSQL': processors((refreshes + loginsNow * 4) * inDatabase),
    'sessions and their indexes': size(sessions * SESSION_BYTES),
    'commits a second, at most': count(refreshes + loginsNow * 4),
    'reads a second, with buffers that hold none of it': count(refreshes * PAGES_FROM_DISK),
    'write-ahead log a second': size((refreshes + loginsNow) * WAL_BYTES),
    'live revocations': count(revocations),
    'memory of an instance that serves all of it': size(
      resident + revocations * REVOCATION_BYTES + Math.min(inUse, 20_000) * TOKEN_BYTES,
    ),
  };
}

function positive(name) {
  const number = Number(values[name]);
  if (number > 0) return number;
  console.error(`--${name} must be a number above 0.`);
  process.exit(2);
}

function count(number, digits = 0) {
  const rounded = number < 10 ? number.toFixed(digits) : number.toFixed(0);
  return rounded.replace(/\B(?=(\d{3})+$)/g, ' ');
}

function size(bytes) {
  const [amount, unit] =
    bytes >= 1e9 ? [bytes / 1e9, 'GB'] : bytes >= 1e6 ? [bytes / 1e6, 'MB'] : [bytes / 1e3, 'kB'];
  return `${amount >= 10 ? amount.toFixed(0) : amount.toFixed(1)} ${unit}`;
}
