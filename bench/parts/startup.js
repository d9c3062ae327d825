// From the start of a process until it is ready, until it has answered, or until the package is loaded; on one core.
import { startContender } from '../lib/processes.js';
import { Progress } from '../lib/progress.js';
import { startService } from '../lib/service.js';
import { settings } from '../lib/settings.js';
import { median, summary } from '../lib/stats.js';

export const title = 'Start-up';

const HOSTS = { 'Nest on Fastify': 'nest', '… with TypeORM': 'typeorm', '… with AuthModule': 'latchkey' };
const LOADS = ['import', 'require'].flatMap((how) => [
  { name: `${how} alone`, how, after: false },
  { name: `${how} after Nest and TypeORM`, how, after: true },
]);

export async function run({ database }) {
  const databaseUrl = await database.create();
  const tokens = await tokensFor(databaseUrl, settings.rounds);
  const times = {};
  const took = (name, ms) => (times[name] ??= []).push(ms);
  const progress = new Progress('startup', settings.rounds * (Object.keys(HOSTS).length + LOADS.length + 2));
  for (let round = 0; round < settings.rounds; round++) {
    for (const [name, what] of Object.entries(HOSTS)) {
      progress.step(name);
      took(name, await timeHost({ what, databaseUrl }));
    }
    progress.step('Service');
    const service = await startService(databaseUrl);
    took('Service', service.ms);
    await service.stop();
    for (const { name, ...load } of LOADS) {
      progress.step(name);
      took(name, (await onlyStart('load', load)).ms);
    }
    progress.step('Cold start');
    const { guarded, refreshed } = await onlyStart('cold-start', { databaseUrl, ...tokens[round] });
    took('Cold start, guarded', guarded);
    took('Cold start, refreshed', refreshed);
  }
  progress.end();
  const added = differences(times['… with AuthModule'], times['… with TypeORM']);
  const line = (what, name) => {
    const { value, low, high } = summary(times[name]);
    return `${what}: ${Math.round(value)} ms (${Math.round(low)} to ${Math.round(high)})`;
  };
  const target = (what, values, atMost) => ({ what, value: median(values), atMost, unit: ' ms' });
  return {
    results: {},
    startMs: times,
    notes: [
      line('A Nest app on Fastify listens after', 'Nest on Fastify'),
      line('With TypeORM connected', '… with TypeORM'),
      line('With AuthModule as well', '… with AuthModule'),
      line('The service answers /health/ready with 200 after', 'Service'),
      ...LOADS.map(({ name }) => line(`Loading the package by ${name}`, name)),
      line('From a cold start to the first answer of a guarded route', 'Cold start, guarded'),
      line('… and to that of a refresh after it', 'Cold start, refreshed'),
    ],
    targets: [
      target('AuthModule adds', added, 250),
      target('service ready', times.Service, 1500),
      target('import after Nest and TypeORM', times['import after Nest and TypeORM'], 150),
    ],
  };
}

/** Within a round both had about the same machine. */
const differences = (values, others) => values.map((value, round) => value - others[round]);

/** Migrates the database, and returns tokens of it for each round. */
async function tokensFor(databaseUrl, rounds) {
  const migrated = await startContender('latchkey', { databaseUrl });
  const refreshTokens = await migrated.ask('refreshTokens', rounds);
  await migrated.stop();
  const [accessToken] = migrated.accessTokens;
  return refreshTokens.map((refreshToken) => ({ accessToken, refreshToken }));
}

async function timeHost(options) {
  const began = performance.now();
  const contender = await startContender('start', options);
  const ms = performance.now() - began;
  await contender.stop();
  return ms;
}

/** What it reports when it has started. */
async function onlyStart(file, options) {
  const contender = await startContender(file, options);
  await contender.stop();
  return contender;
}
