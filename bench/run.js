// `npm run bench [-- part …] [--smoke]`: measures, prints a table, writes results.json and results.svg.
// `npm run bench -- --against <commit>`: compares with an earlier commit, and writes nothing.
import { execSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isBuilt } from '../scripts/build-if-needed.js';
import { installPackages } from '../scripts/install-packages.js';
import { leaveContenderCore, machine } from './lib/cores.js';
import { settings } from './lib/settings.js';

const PARTS = [
  'guard',
  'guard-alone',
  'tokens',
  'refresh',
  'shards',
  'login',
  'mails',
  'factors',
  'revocation',
  'revocations',
  'scale',
  'month',
  'startup',
  'memory',
];
const here = import.meta.dirname;
const { against } = settings;
if (process.argv.includes('--against') && (!against || against.startsWith('-'))) {
  console.error('Which commit? npm run bench -- --against <commit>');
  process.exit(2);
}
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('-') && argument !== against);
const unknown = names.filter((name) => !PARTS.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown part: ${unknown.join(', ')}. The parts are ${PARTS.join(', ')}.`);
  process.exit(2);
}

leaveContenderCore();
installPackages('bench');
if (!isBuilt(join(here, '../dist/commonjs/index.js')))
  execSync('npm run --silent build', { cwd: join(here, '..'), stdio: 'inherit' });

const { startDatabase } = await import('./lib/database.js');
const { killContenders } = await import('./lib/processes.js');
const { print } = await import('./lib/report.js');
const { chart } = await import('./lib/chart.js');

const file = join(here, settings.smoke ? 'smoke.json' : 'results.json');
const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { parts: {} };
const database = await startDatabase();
let stopping;
for (const signal of ['SIGINT', 'SIGTERM'])
  // npm forwards a signal that the terminal has already sent: the second one must not interrupt the cleanup.
  process.on(signal, () => {
    killContenders();
    stopping ??= database.stop().finally(() => process.exit(1));
  });
try {
  const parts = against ? [...names, 'against'] : names.length > 0 ? names : PARTS;
  for (const name of parts) {
    const { run, title } = await import(`./parts/${name}.js`);
    const part = {
      title,
      date: new Date().toISOString(),
      machine: machine(),
      sharedBuffers: settings.sharedBuffers,
      ...(await run({ database })),
    };
    print(part);
    killContenders();
    if (name === 'against') continue;
    report.parts[name] = part;
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  }
  if (!settings.smoke && !against) writeFileSync(join(here, 'results.svg'), chart(report));
} finally {
  killContenders();
  await database.stop();
}
