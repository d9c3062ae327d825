// Installs the packed package into each host, without force flags, compiles the host, runs it, and asks it the questions.
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HOSTS, PATHS } from '../../test/package/hosts.js';
import { packageJsonOf, tsconfigOf } from '../../test/package/package-files.js';
import { askAll } from '../../test/package/questions.js';
import { bundle } from './bundlers.js';
import { INSTALLERS } from './installers.js';
import { inLanes } from './run.js';
import { startHost } from './running-host.js';

const LANES = 2;
const root = join(import.meta.dirname, '../..');
const sources = join(root, 'test/package');

/**
 * @param {object} options
 * @param {string} options.work an empty folder
 * @param {(name: string) => Promise<string>} options.createDatabase resolves with its URL
 * @param {(host: import('../../test/package/hosts.js').HostRow) => boolean} options.only
 */
export function checkHosts({ work, tarball, createDatabase, only }) {
  const rows = HOSTS.filter(only).map((row) => ({
    installer: 'npm',
    ...row,
    paths: { ...PATHS, ...row.paths },
  }));
  return inLanes(LANES, rows, (row) => checkHost(row, { work, tarball, createDatabase }));
}

async function checkHost(row, { work, tarball, createDatabase }) {
  const began = performance.now();
  const folder = join(work, row.name);
  writeFiles(row, folder, tarball);
  const { install, exec, nodeArgs } = INSTALLERS[row.installer];
  await install(folder);
  await compile(folder, exec);
  const alone = row.bundler && (await bundle(row.bundler, folder));
  const own = await ownPartOf(row.name);
  const databaseUrl = await createDatabase(row.name.replaceAll('-', '_'));
  await own.beforeStart?.({ folder, databaseUrl });
  const host = await startHost({
    row,
    folder: alone ?? folder,
    args: alone ? ['main.cjs'] : [...nodeArgs, 'dist/main.js'],
    databaseUrl,
    ownQuestions: own.default ?? [],
    runProgram: (env, program, args) => exec(folder, program, args, env),
  });
  try {
    const count = await askAll(host);
    const seconds = Math.round((performance.now() - began) / 1_000);
    console.log(
      `${row.name}: installed, compiled, ${count} right answers on ${process.version}, ${seconds} s`,
    );
  } finally {
    host.stop();
  }
}

/** The shared app, and the host's own files, which may replace some of it. */
function writeFiles(row, folder, tarball) {
  mkdirSync(folder);
  const shared = ['shared.ts', 'app.ts', ...(row.typeorm === false ? [] : ['database.ts'])];
  for (const file of shared) cpSync(join(sources, file), join(folder, file));
  cpSync(join(sources, `${row.adapter ?? 'express'}.ts`), join(folder, 'main.ts'));
  for (const file of row.files ?? []) cpSync(join(root, file), join(folder, basename(file)));
  const own = join(sources, 'hosts', row.name);
  if (existsSync(own)) cpSync(own, folder, { recursive: true });
  writeJson(join(folder, 'package.json'), packageJsonOf(row, tarball));
  writeJson(join(folder, 'tsconfig.json'), tsconfigOf(row));
}

async function compile(folder, exec) {
  await exec(folder, 'tsc', ['-p', '.']);
  // Hosts may also check our declarations; errors in those of other packages are not ours.
  const whole = ['-p', '.', '--noEmit', '--skipLibCheck', 'false'];
  const { message = '' } = await exec(folder, 'tsc', whole).catch((error) => error);
  const ours = message.split('\n').filter((line) => /node_modules\/latchkey\//.test(line));
  if (ours.length > 0) throw new Error(`declarations that a host cannot check:\n${ours.join('\n')}`);
}

/** What only this host can be asked, as its default export, and what its developer does before it starts. */
async function ownPartOf(name) {
  const file = join(sources, 'hosts', name, 'questions.js');
  return existsSync(file) ? import(pathToFileURL(file).href) : {};
}

const writeJson = (file, value) => writeFileSync(file, JSON.stringify(value, null, 2));
