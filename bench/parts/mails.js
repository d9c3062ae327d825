// An outbox that is full drains without keeping logins waiting, a flood of resets leaves the guard alone, and mail costs
// other requests nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import { addUsers, fillOutbox } from '../lib/mail-rows.js';
import { measure, refreshing } from '../lib/load.js';
import { post, probe, send } from '../lib/probe.js';
import { startContender } from '../lib/processes.js';
import { Progress } from '../lib/progress.js';
import { settings } from '../lib/settings.js';
import { startSmtpSink } from '../lib/smtp-sink.js';
import { summary } from '../lib/stats.js';
import { guardedRoute, withAndWithout } from '../lib/one-against-other.js';

const MAILS = settings.size(Number(process.env.BENCH_MAILS ?? 100_000), 300);
const LOGINS_A_SECOND = 4;
/** A thousand a minute. */
const RESETS_A_SECOND = 1_000 / 60;

export const title = 'Mails';

export async function run({ database }) {
  const sink = await startSmtpSink();
  try {
    const drained = await drain(await database.create(), sink);
    const resets = await guardedDuringResets(await database.create(), sink);
    const { results, targets } = await withAndWithout(
      'mails: what they cost',
      'mail',
      REQUESTS,
      async (mail) =>
        startContender('latchkey', {
          databaseUrl: await database.create(),
          ...(mail && { mailPort: sink.port }),
        }),
    );
    return {
      results,
      notes: [...drained.notes, ...resets.notes],
      targets: [...drained.targets, ...resets.targets, ...targets],
    };
  } finally {
    sink.stop();
  }
}

async function drain(databaseUrl, sink) {
  const app = await startContender('latchkey', { databaseUrl, mailPort: sink.port, bcryptCost: 10 });
  const login = async () => {
    const { status } = await post(`${app.url}/auth/login`, app.account);
    if (status !== 200) throw new Error(`/auth/login answered ${status}`);
  };
  const logins = (until) => probe(login, { perSecond: LOGINS_A_SECOND, until });
  const idle = await logins(settings.size(20, 1));
  const before = await sink.taken();
  await fillOutbox(databaseUrl, MAILS);
  const [cpuBefore, draining] = [await app.ask('cpu'), untilDrained(sink, before)];
  const busy = await logins(draining);
  const { mails, seconds } = await draining;
  const cpu = (await app.ask('cpu')) - cpuBefore;
  await app.stop();
  const figure = (ms) => `${ms.toFixed(0)} ms`;
  return {
    notes: [
      `${mails} mails with links in ${seconds.toFixed(1)} s, to a mail server on this machine, 5 at a time; ` +
        `${Math.round(cpu / mails)} us of processor time each, with the logins beside`,
      `Logins at ${LOGINS_A_SECOND}/s, cost 10: p50 ${figure(idle.p50)} and p99 ${figure(idle.p99)} idle, ` +
        `p50 ${figure(busy.p50)} and p99 ${figure(busy.p99)} meanwhile`,
    ],
    targets: [{ what: 'mails sent per second', value: mails / seconds, atLeast: 200, unit: '/s' }],
  };
}

/** Counts from the first mail: until then, the worker may not have looked. */
async function untilDrained(sink, before) {
  const progress = new Progress('mails: drained', 100);
  let [first, taken, steps] = [undefined, 0, 0];
  for (;;) {
    taken = (await sink.taken()) - before;
    if (taken > 0) first ??= { at: performance.now(), taken };
    for (; steps < (100 * taken) / MAILS; steps++) progress.step(`${taken} mails`);
    if (taken >= MAILS) break;
    await sleep(20);
  }
  progress.end();
  return { mails: taken - first.taken, seconds: (performance.now() - first.at) / 1_000 };
}

async function guardedDuringResets(databaseUrl, sink) {
  const app = await startContender('latchkey', { databaseUrl, mailPort: sink.port });
  const emails = await addUsers(databaseUrl, 1_000);
  const headers = { authorization: `Bearer ${app.accessTokens[0]}` };
  const guarded = async () => {
    const { status } = await send(`${app.url}/guarded`, { headers });
    if (status !== 200) throw new Error(`/guarded answered ${status}`);
  };
  const forgot = async (i) => {
    const { status } = await post(`${app.url}/auth/password/forgot`, { email: emails[i % emails.length] });
    if (status !== 202) throw new Error(`/auth/password/forgot answered ${status}`);
  };
  const [idle, busy] = [[], []];
  const seconds = settings.smoke ? 0.5 : Math.max(10, settings.seconds);
  const resetsFor = (until) => probe(forgot, { perSecond: RESETS_A_SECOND, until });
  await resetsFor(settings.size(5, 0.2)); // warm-up
  const progress = new Progress('mails: resets', settings.rounds);
  for (let round = 0; round < settings.rounds; round++) {
    progress.step('a round');
    idle.push((await probe(guarded, { perSecond: 200, until: seconds })).p99);
    busy.push((await probe(guarded, { perSecond: 200, until: resetsFor(seconds) })).p99);
  }
  progress.end();
  await app.stop();
  const ratio = summary(busy.map((p99, i) => p99 / idle[i]));
  return {
    notes: [
      `Guarded route at 200/s: p99 ${summary(idle).value.toFixed(2)} ms idle, ` +
        `${summary(busy).value.toFixed(2)} ms with 1000 resets a minute and their mails`,
    ],
    targets: [
      { what: 'guarded p99 with 1000 resets a minute / idle', value: ratio.value, atMost: 2, unit: ' x' },
    ],
  };
}

const refresh = async (app, seconds) =>
  measure(app, { path: '/auth/refresh', exchange: await refreshing(app, '/auth/refresh'), seconds });

const REQUESTS = {
  'guarded route': { send: guardedRoute, atLeast: 0.97 },
  refresh: { send: refresh, atLeast: 0.97 },
};
