// From the start of a process until it is ready, on one core.
import { startContender } from '../lib/processes.js';
import { Progress } from '../lib/progress.js';
import { startService } from '../lib/service.js';
import { settings } from '../lib/settings.js';
import { summary } from '../lib/stats.js';

export const title = 'Start-up';

const HOSTS = { 'Nest on Fastify': 'nest', '… with TypeORM': 'typeorm', '… with AuthModule': 'latchkey' };

export async function run({ database }) {
  const databaseUrl = await database.create();
  const migrated = await startContender('latchkey', { databaseUrl });
  await migrated.stop();
  const times = Object.fromEntries([...Object.keys(HOSTS), 'Service'].map((name) => [name, []]));
  const progress = new Progress('startup', settings.rounds * 4);
  for (let round = 0; round < settings.rounds; round++) {
    for (const [name, what] of Object.entries(HOSTS)) {
      progress.step(name);
      times[name].push(await timeHost({ what, databaseUrl }));
    }
    progress.step('Service');
    const service = await startService(databaseUrl);
    times.Service.push(service.ms);
    await service.stop();
  }
  progress.end();
  const [nest, typeorm, latchkey] = Object.keys(HOSTS).map((name) => summary(times[name]));
  const line = (name, { value, low, high }) =>
    `${name}: ${Math.round(value)} ms (${Math.round(low)} to ${Math.round(high)})`;
  return {
    results: {},
    startMs: times,
    notes: [
      line('A Nest app on Fastify listens after', nest),
      line('With TypeORM connected', typeorm),
      line('With AuthModule as well', latchkey),
      `AuthModule adds ${Math.round(latchkey.value - typeorm.value)} ms`,
      line('The service answers /health/ready with 200 after', summary(times.Service)),
    ],
  };
}

async function timeHost(options) {
  const began = performance.now();
  const contender = await startContender('start', options);
  const ms = performance.now() - began;
  await contender.stop();
  return ms;
}
