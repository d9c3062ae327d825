// Many live revocations: how long a start takes and how much memory, what a guarded request costs, and how soon running
// instances know a million sessions that end in one transaction.
import { onAllCores } from '../lib/cores.js';
import { measure } from '../lib/load.js';
import { probe, send } from '../lib/probe.js';
import { startContender } from '../lib/processes.js';
import { Progress } from '../lib/progress.js';
import { addRevocations, revokeTogether } from '../lib/revocation-rows.js';
import { inTurns } from '../lib/rounds.js';
import { startService } from '../lib/service.js';
import { settings } from '../lib/settings.js';
import { compared, median } from '../lib/stats.js';

const SIZES = settings.smoke
  ? [0, 1_000]
  : [0, 100_000, 1_000_000, ...(process.env.BENCH_SCALE === 'full' ? [10_000_000] : [])];
const TARGETS = { 1_000_000: { seconds: 5, megabytes: 120 }, 10_000_000: { seconds: 40 } };
/** Guarded requests are measured with so many, and so many end in one transaction. */
const MANY = settings.size(1_000_000, 1_000);
const STARTS = settings.rounds;

const CHECKED = `guarded, ${MANY} live revocations`;
const UNCHECKED = 'the same, without the revocation check';

export const title = 'Many live revocations';

export async function run({ database }) {
  const databaseUrl = await database.create();
  await (await startContender('latchkey', { databaseUrl })).stop(); // migrates
  const progress = new Progress('revocations: starts', SIZES.length * (STARTS + 1) + 1);
  const [notes, targets] = [[], []];
  let results = {};
  let empty;
  for (const [i, size] of SIZES.entries()) {
    progress.step(`${size}, rows`);
    await addRevocations(databaseUrl, size - (SIZES[i - 1] ?? 0));
    const start = await measureStarts(databaseUrl, () => progress.step(`${size}, a start`));
    empty ??= start;
    notes.push(describeStart(size, start, empty), ...(size > 0 ? [await whereTimeGoes(databaseUrl)] : []));
    targets.push(...targetsOf(size, start, empty));
    if (size === MANY) {
      progress.step(`${size}, a start on one core`);
      notes.push(await startOnOneCore(databaseUrl));
      results = await costOfTheCheck(databaseUrl);
    }
  }
  progress.end();
  targets.push({
    what: `guarded with ${MANY} / without the check`,
    ...compared(results[CHECKED], results[UNCHECKED]),
    atLeast: 0.97,
  });
  const together = await endTogether(await database.create());
  return { results, notes: [...notes, together], targets };
}

/**
 * Medians, on every core, as services are started. Seconds from the start of the process until it is ready, its processor
 * time, and its memory then.
 */
async function measureStarts(databaseUrl, onStart) {
  const starts = [];
  for (let i = 0; i < STARTS; i++) {
    onStart();
    const service = await startService(databaseUrl, onAllCores);
    starts.push({ seconds: service.ms / 1000, ...service.usage() });
    await service.stop();
  }
  const medianOf = (figure) => median(starts.map((start) => start[figure]));
  return {
    seconds: medianOf('seconds'),
    slowest: Math.max(...starts.map(({ seconds }) => seconds)),
    cpu: medianOf('cpu'),
    bytes: medianOf('bytes'),
    peak: medianOf('peak'),
  };
}

/** One start, bound to the core of the contenders, while PostgreSQL has the others. */
async function startOnOneCore(databaseUrl) {
  const service = await startService(databaseUrl);
  await service.stop();
  return `  bound to one core: ready after ${(service.ms / 1000).toFixed(2)} s`;
}

function describeStart(size, { seconds, slowest, cpu, bytes, peak }, empty) {
  const more = (figure, from) => Math.max(0, Math.round((figure - from) / 1e6));
  return (
    `${size}: ready after ${seconds.toFixed(2)} s (slowest ${slowest.toFixed(2)} s, processor time ${cpu.toFixed(2)} s), ` +
    (size === 0
      ? `${Math.round(bytes / 1e6)} MB`
      : `${more(bytes, empty.bytes)} MB more, ${more(peak, empty.peak)} MB at most`)
  );
}

function targetsOf(size, { seconds, bytes }, empty) {
  const { seconds: atMost, megabytes } = TARGETS[size] ?? {};
  return [
    ...(atMost ? [{ what: `start with ${size}`, value: seconds, atMost, unit: ' s' }] : []),
    ...(megabytes
      ? [
          {
            what: `memory of ${size}`,
            value: (bytes - empty.bytes) / 1e6,
            atMost: megabytes,
            unit: ' MB',
          },
        ]
      : []),
  ];
}

async function whereTimeGoes(databaseUrl) {
  const reader = await startContender('read-revocations', { databaseUrl });
  const { count, seconds, database, own, remember } = await reader.ask('read');
  await reader.stop();
  return (
    `  reading ${count} alone: ${seconds.toFixed(2)} s; processor time: PostgreSQL ${database.toFixed(2)} s, ` +
    `receiving ${(own - remember).toFixed(2)} s, remembering ${remember.toFixed(2)} s`
  );
}

async function costOfTheCheck(databaseUrl) {
  const app = await startContender('latchkey', { databaseUrl });
  const headers = (i) => ({ authorization: `Bearer ${app.accessTokens[i]}` });
  const cell = (name, path) => ({ name, measure: (seconds) => measure(app, { path, headers, seconds }) });
  const cells = [cell(UNCHECKED, '/stateless'), cell(CHECKED, '/guarded')];
  const results = await inTurns('revocations: the check', cells, { brief: true });
  await app.stop();
  return results;
}

/** Two instances under a light load, while many sessions end in one transaction. */
async function endTogether(databaseUrl) {
  const apps = [
    await startContender('latchkey', { databaseUrl }),
    await startContender('latchkey', { databaseUrl }),
  ];
  const ending = apps[0].accessTokens.slice(0, 8);
  const sids = ending.map((token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).sid);
  const guarded = (app, token) =>
    send(`${app.url}/guarded`, { headers: { authorization: `Bearer ${token}` } });
  const work = async (i) => {
    const { status } = await guarded(apps[i % 2], apps[0].accessTokens[8 + (i % 24)]);
    if (status !== 200) throw new Error(`/guarded answered ${status}`);
  };
  const idle = await probe(work, { perSecond: 100, until: settings.size(5, 0.3) });
  await revokeTogether(databaseUrl, MANY, sids);
  const committed = performance.now();
  const refused = Promise.all(apps.flatMap((app) => ending.map((token) => untilRefused(app, token))));
  const busy = await probe(work, { perSecond: 100, until: refused });
  const seconds = (Math.max(...(await refused)) - committed) / 1000;
  for (const app of apps) await app.stop();
  return (
    `${MANY} end in one transaction: refused by two instances ${seconds.toFixed(2)} s after its commit; guarded p99 ` +
    `${idle.p99.toFixed(1)} ms idle, ${busy.p99.toFixed(1)} ms until then`
  );

  async function untilRefused(app, token) {
    while ((await guarded(app, token)).status === 200) await new Promise((done) => setTimeout(done, 20));
    return performance.now();
  }
}
