// A new user with the packed module and one guide: runs `nest new`, follows "Getting started with the module", and
// checks that the first route is protected. Also fails if that takes fifteen lines or more.
import assert from 'node:assert/strict';
import { execSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { addedLines } from './added-lines.js';
import { blocksOf } from './guide-blocks.js';

const GUIDE = 'docs/getting-started-module.md';
const MOST_LINES = 14;

/** @param work an empty folder */
export async function checkFirstRoute({ work, tarball, databaseUrl }) {
  const run = (command, cwd) => execSync(command, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  run('npx --yes @nestjs/cli@12 new app --strict --skip-git --skip-install --package-manager npm', work);
  const app = join(work, 'app');

  const blocks = blocksOf(GUIDE);
  let lines = 0;
  for (const file of ['src/app.module.ts', 'src/app.controller.ts']) {
    const { code } = blocks.find(({ code }) => code.startsWith(`// ${file}\n`));
    lines += addedLines(readFileSync(join(app, file), 'utf8'), code);
    writeFileSync(join(app, file), code);
  }
  const { code: install } = blocks.find(({ code }) => code.startsWith('npm install latchkey'));
  run(install.replace(' latchkey ', ` ${tarball} `), app);
  run('npm run build', app);

  assert.ok(lines <= MOST_LINES, `the first route takes ${lines} lines, not ${MOST_LINES}`);
  await assertProtected(app, databaseUrl);
  console.log(`nest new and ${GUIDE} alone: the first route is protected by ${lines} lines`);
}

async function assertProtected(app, databaseUrl) {
  const port = await freePort();
  const secret = () => randomBytes(48).toString('base64');
  const host = spawn('node', ['dist/main.js'], {
    cwd: app,
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      JWT_ACCESS_SECRET: secret(),
      JWT_REFRESH_SECRET: secret(),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    const url = `http://127.0.0.1:${port}`;
    const refused = await answer(url, host);
    assert.equal(refused.status, 401);
    assert.equal((await refused.json()).error, 'TOKEN_MISSING');
    const registered = await fetch(`${url}/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'the analytical engine 1843' }),
    });
    const { accessToken } = await registered.json();
    const welcome = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
    assert.deepEqual([welcome.status, await welcome.text()], [200, 'Hello World!']);
  } finally {
    host.kill();
  }
}

/** The first answer of an app that is starting. */
async function answer(url, host) {
  for (let tries = 0; tries < 300 && host.exitCode === null; tries++) {
    try {
      return await fetch(url);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error('the app of nest new did not start');
}
