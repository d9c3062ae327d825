import { randomInt } from 'node:crypto';
import { DataSource } from 'typeorm';
import { SmtpServer } from '../support/smtp-server.js';
import { until } from '../support/until.js';
import {
  type ActionEntry,
  brokenActions,
  brokenDebts,
  brokenMails,
  brokenUse,
  endLeases,
  keepMailLedger,
  type LinkUse,
  type OutboxEntry,
  readMailLedger,
  waitingMails,
} from './support/mail-ledger.js';
import { MailUser } from './support/mail-user.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { count } from './support/report.js';
import { productionSettings, type ServiceProcess, startBuilt } from './support/service.js';

const KILLS = Number(process.env.FAULTS_MAIL_KILLS ?? 40);
const USERS = 6;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('kill -9 at random moments, with a mail server', () => {
  let database: OwnPostgres;
  let postgres: DataSource;
  let server: SmtpServer;
  let settings: Record<string, string>;
  let live: ServiceProcess[];
  const starting: Promise<unknown>[] = [];
  const run = { finished: false };

  beforeAll(async () => {
    database = await startOwnPostgres();
    postgres = await new DataSource({ type: 'postgres', url: database.url, extra: { max: 1 } }).initialize();
    server = await SmtpServer.start();
    settings = {
      ...productionSettings(database.url),
      EMAIL_VERIFICATION: 'required',
      SMTP_URL: `smtp://127.0.0.1:${server.port}`,
      MAIL_FROM: 'no-reply@example.com',
    };
    live = await Promise.all([startBuilt(settings), startBuilt(settings)]);
    await keepMailLedger(postgres);
  }, 300_000);
  afterAll(async () => {
    run.finished = true;
    await Promise.all(starting);
    await Promise.all((live ?? []).map((instance) => instance.end('SIGKILL')));
    await server?.close();
    await postgres?.destroy();
    await database?.close();
  });

  const replace = () => {
    const begun = startBuilt(settings).then((instance) => live.push(instance));
    starting.push(begun);
    return begun;
  };

  /** One account after the other, each of which is reset and moved a few times. */
  async function liveByMail(): Promise<MailUser[]> {
    const users: MailUser[] = [];
    const pick = () => live[randomInt(live.length)]!.client;
    while (!run.finished) {
      const user = await MailUser.register(pick, server, () => run.finished);
      users.push(user);
      for (let left = randomInt(1, 4); left > 0 && !run.finished; left--) {
        await user.reset();
        if (!run.finished) await user.move();
      }
    }
    return users;
  }

  it(
    `${KILLS} kills lose no mail, send none more than twice, and let no link work twice`,
    async () => {
      const clients = Array.from({ length: USERS }, () => liveByMail());
      // One spare instance is starting, so that one can always answer.
      void replace();
      for (let kills = 0; kills < KILLS; kills++) {
        await until(() => live.length > 1);
        await pause(randomInt(60));
        const [victim] = live.splice(randomInt(live.length), 1);
        await victim!.end('SIGKILL');
        count('kill -9 of the service with a mail server');
        if (kills < KILLS - 1) void replace();
      }
      await until(() => live.length > 1);
      run.finished = true;
      const users = (await Promise.all(clients)).flat();

      // What nobody has is sent; then the leases end that the killed instances had.
      const settled = async () => {
        const { queued, leased } = await waitingMails(postgres);
        return queued === leased;
      };
      await until(settled);
      await pause(1_000);
      await endLeases(postgres);
      await until(async () => (await waitingMails(postgres)).queued === 0);

      const { outbox, actions } = await readMailLedger(postgres);
      const uses = users.flatMap((user) => user.uses);
      const broken = [
        ...brokenMails(outbox, server.mails),
        ...brokenActions(actions),
        ...brokenDebts(
          users.flatMap(({ owed }) => owed),
          outbox,
        ),
        ...uses.flatMap(brokenUse),
      ];
      count('mails sent', server.mails.length);
      count('mails sent twice', server.mails.length - new Set(server.mails.map(idOf)).size);
      count('links used', uses.length);
      count('violations', broken.length);
      expect(broken).toEqual([]);
      expect(uses.length).toBeGreaterThan(KILLS / 4);
    },
    KILLS * 4_000 + 60_000,
  ); // one kill and one start of the service
});

const idOf = ({ messageId, to }: { messageId: string; to: string[] }) => `${messageId} ${to.join()}`;

describe('the ledger of mails', () => {
  const entry: OutboxEntry = {
    id: '1',
    template: 'reset-password',
    recipient: 'ada@example.com',
    isSent: true,
    isDead: false,
  };
  const arrival = { messageId: '<1@auth.example.com>', to: ['ada@example.com'] };

  it('accepts mails that arrived once or twice, and dead links that did not', () => {
    expect(brokenMails([entry], [arrival])).toEqual([]);
    expect(brokenMails([entry], [arrival, arrival])).toEqual([]);
    expect(brokenMails([{ ...entry, isDead: true }], [])).toEqual([]);
  });

  it.each<[string, string, OutboxEntry[], (typeof arrival)[]]>([
    ['a lost mail', 'reset-password 1 never arrived', [entry], []],
    ['a third one', 'reset-password 1 arrived 3 times', [entry], [arrival, arrival, arrival]],
    ['one that waits forever', 'reset-password 1 still waits', [{ ...entry, isSent: false }], [arrival]],
    ['one that nothing tells of', '1 ada@example.com arrived, but is not in the outbox', [], [arrival]],
  ])('catches %s', (_, what, outbox, arrived) => {
    expect(brokenMails(outbox, arrived)).toEqual([what]);
  });

  it('catches what was acknowledged without a mail', () => {
    const debt = { template: 'reset-password', recipient: 'ada@example.com' };
    expect(brokenDebts([debt], [entry, entry])).toEqual([]);
    expect(brokenDebts([debt, debt], [entry])).toEqual([
      'reset-password to ada@example.com was acknowledged, but never written',
    ]);
  });

  it.each<[string, string[], ActionEntry[]]>([
    ['accepts one use', [], [{ id: '1', wasUsed: false, isUsed: true }]],
    [
      'catches a second use',
      ['1 was used up twice'],
      [
        { id: '1', wasUsed: false, isUsed: true },
        { id: '1', wasUsed: false, isUsed: true },
      ],
    ],
    ['catches a revival', ['1 can be used again'], [{ id: '1', wasUsed: true, isUsed: false }]],
  ])('%s of an action', (_, broken, entries) => {
    expect(brokenActions(entries)).toEqual(broken);
  });

  const won = { value: 'a', answers: ['unanswered' as const, 'done' as const] };
  const lost = { value: 'b', answers: ['refused' as const] };
  const unclear = { value: 'c', answers: ['unanswered' as const, 'refused' as const] };
  it.each<[string, string[], LinkUse]>([
    ['accepts one winner', [], { attempts: [won, lost], works: ['a'] }],
    ['accepts a winner whose answer was lost', [], { attempts: [unclear, lost], works: ['c'] }],
    [
      'catches two winners',
      ['a link was accepted twice'],
      { attempts: [won, { ...lost, answers: ['done'] }], works: ['a'] },
    ],
    [
      'catches a refused link that works, and works for nothing',
      ['a fresh link was refused', '0 of what was tried works afterwards'],
      { attempts: [lost], works: [] },
    ],
    ['catches the wrong password', ['what was refused works'], { attempts: [won, lost], works: ['b'] }],
    ['catches the old password', ['what was refused works'], { attempts: [won, lost], works: ['old'] }],
    [
      'catches two passwords',
      ['2 of what was tried works afterwards', 'what was refused works'],
      { attempts: [won, lost], works: ['a', 'b'] },
    ],
  ])('%s', (_, broken, use) => {
    expect(brokenUse(use)).toEqual(broken);
  });
});
