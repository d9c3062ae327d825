// `node scripts/measure-key-rotation.js`: replaces the signing key of a running service while an external verifier
// (examples/express-jose, which requests the JWKS at most once every 30 seconds) receives 500 requests per second, and
// counts the valid tokens that are refused. Meanwhile, invented key ids arrive constantly, so that the verifier has
// always just requested the JWKS. Requires `npm ci --prefix examples` first.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { buildIfNeeded } from './build-if-needed.js';

const RATE = Number(process.env.RATE ?? 500);
const COOLDOWN = 30;
const PUBLISH_AHEAD = 40;
const SECONDS = { before: 8, after: 20 };
const FLOOD_RATE = 20;
/** Requests use tokens up to this old, in seconds, so that tokens of both keys are in use at the same time. */
const TOKENS_KEPT = 15;

process.chdir(join(import.meta.dirname, '..'));
buildIfNeeded();
const { startEmbeddedPostgres } = await import('../dist/embedded-postgres/embedded-postgres.js');

const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-rotation-'));
const database = await startEmbeddedPostgres({ dataDir, log: () => {} });
const settings = {
  PATH: process.env.PATH,
  DATABASE_URL: database.url,
  JWT_ISSUER: 'https://auth.example.com',
  JWT_AUDIENCE: 'latchkey',
  JWT_REFRESH_SECRET: randomBytes(48).toString('base64url'),
  KEY_ENCRYPTION_SECRET: randomBytes(48).toString('base64url'),
  KEY_PUBLISH_AHEAD: `${PUBLISH_AHEAD}s`,
  HOST: '127.0.0.1',
  PORT: '0',
  RATE_LIMIT: 'off',
};
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const children = [];
let jwksRequests = 0;

try {
  const service = await start('dist/main.js', settings, (text) => {
    jwksRequests += text.split('/.well-known/jwks.json').length - 1;
  });
  const verifier = await start('examples/express-jose/server.js', {
    ...settings,
    LATCHKEY_URL: service,
    JWKS_COOLDOWN: String(COOLDOWN),
  });

  const tokens = [];
  let pair = await post(`${service}/auth/register`, {
    email: 'load@example.com',
    password: 'a long sentence of mine',
  });
  tokens.push(pair.accessToken);
  await send(verifier, pair.accessToken);

  const counts = { requests: 0, refused: 0, failed: 0, ofNewKey: 0, flood: 0 };
  const oldKid = kidOf(pair.accessToken);
  const stops = [
    every(1000, async () => {
      pair = await post(`${service}/auth/refresh`, { refreshToken: pair.refreshToken });
      tokens.push(pair.accessToken);
      if (tokens.length > TOKENS_KEPT) tokens.shift();
    }),
    every(1000 / FLOOD_RATE, async () => {
      counts.flood++;
      await send(verifier, withKeyId(tokens[0], randomBytes(24).toString('base64url')));
    }),
    paced(RATE, async () => {
      const token = tokens[Math.floor(Math.random() * tokens.length)];
      const status = await send(verifier, token);
      counts.requests++;
      if (kidOf(token) !== oldKid) counts.ofNewKey++;
      if (status === 401) counts.refused++;
      else if (status !== 200) counts.failed++;
    }),
  ];
  const began = performance.now();
  await sleep(SECONDS.before * 1000);
  const rotate = ['dist/cli/main.js', 'keys', 'rotate'];
  await promisify(execFile)(process.execPath, rotate, { env: settings });
  await sleep((PUBLISH_AHEAD + SECONDS.after) * 1000);
  await Promise.all(stops.map((stop) => stop()));
  const rate = Math.round(counts.requests / ((performance.now() - began) / 1000));

  console.log(
    `${counts.requests} requests with valid tokens, ${rate} per second, ${counts.ofNewKey} of the new key`,
  );
  console.log(`${counts.refused} false 401, ${counts.failed} other failures`);
  console.log(`${counts.flood} tokens with invented key ids; ${jwksRequests} requests for the JWKS`);
  process.exitCode = counts.refused + counts.failed === 0 && counts.ofNewKey > 0 ? 0 : 1;
} finally {
  for (const child of children) child.kill();
  agent.destroy();
  await database.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

function start(file, env, onOutput = () => {}) {
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      onOutput(chunk.toString());
      const [, url] = /listens on (http:\/\/[\w.:]+)/.exec(chunk.toString()) ?? [];
      if (url) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`${file} ended with code ${code}`)));
  });
}

function send(verifier, token) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    request(`${verifier}/orders`, { agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    })
      .once('error', reject)
      .end();
  });
}

async function post(url, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}

/** Runs work at this interval, one after another; the returned function stops it and waits for the last. */
function every(ms, work) {
  const stop = new AbortController();
  const done = (async () => {
    while (!stop.signal.aborted) await Promise.all([work(), sleep(ms)]);
  })();
  return () => {
    stop.abort();
    return done;
  };
}

/** Starts this many per second, whether or not the previous ones have ended. */
function paced(rate, work) {
  const began = performance.now();
  const pending = new Set();
  let begun = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - began) / 1000) * rate;
    for (; begun < due; begun++) {
      const run = work().finally(() => pending.delete(run));
      pending.add(run);
    }
  }, 5);
  return () => {
    clearInterval(timer);
    return Promise.all(pending);
  };
}

function kidOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString()).kid;
}

function withKeyId(token, kid) {
  const [, payload, signature] = token.split('.');
  const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid, typ: 'at+jwt' })).toString('base64url');
  return [header, payload, signature].join('.');
}
