import { setTimeout as sleep } from 'node:timers/promises';
import type { NewAuthEvent } from '../../../src/index.js';
import type { ActionSecrets } from '../../../src/mail/action-secrets.js';
import { InMemoryMailOutbox } from '../../../src/mail/in-memory-mail-outbox.js';
import { Links } from '../../../src/mail/links.js';
import { delayAfter } from '../../../src/mail/mail-failure.js';
import { MailWriter } from '../../../src/mail/mail-templates.js';
import {
  MailRefusedError,
  MailServerAwayError,
  type OutgoingMail,
} from '../../../src/mail/mail-transport.js';
import { MailWorker } from '../../../src/mail/mail-worker.js';
import { until } from '../../support/until.js';

const ACTION = '11111111-1111-4111-8111-111111111111';
const TOKEN = 'lk_c2VjcmV0LXNlY3JldA';
const RESET = { template: 'reset-password', to: 'ada@example.com', actionId: ACTION, userId: 'u1' } as const;

let outbox: InMemoryMailOutbox;
let sent: OutgoingMail[];
let warnings: string[];
let events: NewAuthEvent[];
let worker: MailWorker;
let answer: (mail: OutgoingMail) => Promise<void>;

function start(secrets?: ActionSecrets, concurrency = 4): void {
  const transport = {
    send: async (mail: OutgoingMail) => {
      await answer(mail);
      sent.push(mail);
    },
  };
  worker = new MailWorker({
    outbox,
    transport,
    writer: new MailWriter(new Links('https://auth.example.com')),
    secrets,
    events: { emit: (event) => void events.push(event) },
    listen: (wake) => outbox.onNews(wake),
    pollMs: () => 20,
    concurrency,
    warn: (message) => void warnings.push(message),
    delay: () => 5,
  });
  worker.onApplicationBootstrap();
}

beforeEach(() => {
  outbox = new InMemoryMailOutbox();
  [sent, warnings, events] = [[], [], []];
  answer = async () => undefined;
});
afterEach(() => worker.onModuleDestroy());

const states = async () => (await outbox.list()).items.map(({ state }) => state);

it('makes the secret when it sends, and the link is made of the configured address', async () => {
  start({ issue: async (id) => (id === ACTION ? TOKEN : undefined) });
  const id = await outbox.enqueue(RESET);
  await until(async () => (await states())[0] === 'sent');
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatchObject({
    to: 'ada@example.com',
    template: 'reset-password',
    messageId: `<${id}@auth.example.com>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  });
  expect(sent[0]!.text).toContain(`https://auth.example.com/account/reset#t=${TOKEN}\n`);
  expect(JSON.stringify((await outbox.list()).items)).not.toContain('lk_');
});

it('drops a mail whose action is dead: it is done, and nobody gets it', async () => {
  start({ issue: async () => undefined });
  await outbox.enqueue(RESET);
  await until(async () => (await states())[0] === 'sent');
  expect([sent, worker.counts.dropped]).toEqual([[], 1]);
});

it('tries again after a failure, with a new secret and the same Message-ID', async () => {
  let made = 0;
  const seen: OutgoingMail[] = [];
  answer = async (mail) => {
    if (seen.push(mail) < 3) throw new Error('450 later');
  };
  start({ issue: async () => `lk_${made++}` });
  await outbox.enqueue(RESET);
  await until(() => sent.length === 1);
  expect(new Set(seen.map(({ messageId }) => messageId)).size).toBe(1);
  expect(seen.map(({ text }) => /#t=(\S+)/.exec(text)![1])).toEqual(['lk_0', 'lk_1', 'lk_2']);
  expect(warnings).toEqual([]);
});

it('gives up after a refusal: an event and a warning, without address and token, although the server repeats both', async () => {
  answer = async ({ to, text }) => {
    throw new MailRefusedError(
      `the mail server answered: 554 <${to}> ${text} https://x/#t=${TOKEN} ada@example.com`,
    );
  };
  start({ issue: async () => TOKEN });
  await outbox.enqueue(RESET);
  await until(async () => (await states())[0] === 'failed');
  await until(() => events.length === 1);
  expect(events).toEqual([
    expect.objectContaining({
      type: 'mail-failed',
      userId: 'u1',
      template: 'reset-password',
      email: 'a***@example.com',
    }),
  ]);
  const told = JSON.stringify([events, warnings, (await outbox.list()).items.map(({ error }) => error)]);
  expect(told).toContain('554');
  expect(told).not.toMatch(/lk_|ada@example\.com/);
  expect(sent).toEqual([]);
});

it('asks a server that is away with one mail at a time, says so once, and loses nothing', async () => {
  let isAway = true;
  let asked = 0;
  answer = async () => {
    asked++;
    if (isAway) throw new MailServerAwayError('the mail server: connection refused');
  };
  for (let i = 0; i < 60; i++) await outbox.enqueue({ template: 'account-closed', to: `a${i}@example.com` });
  start();
  await sleep(300);
  expect(asked).toBeLessThan(8);
  isAway = false;
  await until(() => sent.length === 60);
  expect(warnings).toEqual([
    'Mails cannot be sent for the time being: the mail server: connection refused',
    'The mail server answers again',
  ]);
});

it('one mail that always breaks the connection does not keep the others', async () => {
  answer = async ({ to }) => {
    if (to === 'poison@example.com') throw new MailServerAwayError('dropped');
  };
  await outbox.enqueue({ template: 'account-closed', to: 'poison@example.com' });
  for (let i = 0; i < 10; i++) await outbox.enqueue({ template: 'account-closed', to: `a${i}@example.com` });
  start();
  await until(() => sent.length === 10);
  expect((await outbox.stats()).failed).toBe(0);
});

it('sends several at the same time, and no more than it may', async () => {
  let [active, most] = [0, 0];
  answer = async () => {
    most = Math.max(most, ++active);
    await sleep(2);
    active--;
  };
  for (let i = 0; i < 250; i++) await outbox.enqueue({ template: 'account-closed', to: `a${i}@example.com` });
  start(undefined, 4);
  await until(() => sent.length === 250);
  expect(most).toBe(4);
  expect(new Set(sent.map(({ to }) => to)).size).toBe(250);
});

it('a stop waits for the mails on their way, marks them, and returns the others', async () => {
  answer = () => sleep(50);
  for (let i = 0; i < 30; i++) await outbox.enqueue({ template: 'account-closed', to: `a${i}@example.com` });
  start(undefined, 2);
  await until(() => worker.counts.sent > 0);
  await worker.onModuleDestroy();
  const all = (await outbox.list()).items;
  expect(all.filter(({ state }) => state === 'sent')).toHaveLength(sent.length);
  // Not leased any more: another instance has them at once.
  expect(await outbox.lease(100)).toHaveLength(30 - sent.length);
});

it('a mail with a template that this version does not know waits for another instance', async () => {
  start();
  await outbox.enqueue({ template: 'from-the-future' as 'account-closed', to: 'a@example.com' });
  await until(async () => (await outbox.list()).items[0]!.error !== null);
  expect(await states()).toEqual(['queued']);
});

it('the time between attempts grows from seconds to half an hour', () => {
  expect([delayAfter(1, () => 0), delayAfter(1, () => 1)]).toEqual([5_000, 6_250]);
  expect([delayAfter(30, () => 0), delayAfter(1_000, () => 1)]).toEqual([1_440_000, 1_800_000]);
  for (let n = 1; n < 20; n++)
    expect(delayAfter(n + 1, () => 0)).toBeGreaterThanOrEqual(delayAfter(n, () => 0));
});
