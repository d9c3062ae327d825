import { randomInt } from 'node:crypto';
import type { Client } from '../support/client.js';
import { until } from '../support/until.js';
import { Follower } from './support/follower.js';
import { brokenLines, keepLedger, readLedger } from './support/ledger.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { count } from './support/report.js';
import { newAccount, productionSettings, type ServiceProcess, startBuilt } from './support/service.js';

const KILLS = Number(process.env.FAULTS_KILLS ?? 200);
const CLIENTS = 12;
const promises = { leewayMs: 10_000, boundMs: 2_000 };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('kill -9 at random moments', () => {
  let postgres: OwnPostgres;
  let settings: Record<string, string>;
  let live: ServiceProcess[];
  let starting: Promise<unknown>[];
  const run = { finished: false };

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    settings = productionSettings(postgres.url);
    live = [await startBuilt(settings), await startBuilt(settings)];
    starting = [];
    await keepLedger(postgres);
  });
  afterAll(async () => {
    run.finished = true;
    await Promise.all(starting ?? []);
    await Promise.all((live ?? []).map((instance) => instance.end('SIGKILL')));
    await postgres?.close();
  });

  const replace = () => {
    const begun = startBuilt(settings).then((instance) => live.push(instance));
    starting.push(begun);
    return begun;
  };
  const pick = (): Client => live[randomInt(live.length)]!.client;

  /** One client, one session after another: mostly refreshes; it ends some sessions, and does not retry every end. */
  async function followSessions(email: string): Promise<Follower[]> {
    const followers: Follower[] = [];
    while (!run.finished) {
      const follower = await Follower.login(pick, email);
      followers.push(follower);
      for (let left = randomInt(2, 30); left > 0 && !run.finished; left--) {
        await follower.refreshForSure();
        await pause(randomInt(120)); // the starting instances need the processors too
        if (left % 4 === 0) await follower.visit();
      }
      if (run.finished) break;
      const choice = randomInt(3);
      if (choice === 0) await follower.logoutForSure();
      if (choice === 1) await follower.logout();
    }
    return followers;
  }

  it(
    `${KILLS} kills lose no session and revive none`,
    async () => {
      const emails = await Promise.all([0, 1, 2].map(() => newAccount(live[0]!)));
      const clients = Array.from({ length: CLIENTS }, (_, i) => followSessions(emails[i % emails.length]!));

      // One spare instance is starting, so that one can always answer.
      void replace();
      for (let kills = 0; kills < KILLS; kills++) {
        await until(() => live.length > 1);
        await pause(randomInt(60));
        const [victim] = live.splice(randomInt(live.length), 1);
        await victim!.end('SIGKILL');
        count('kill -9 of the service');
        if (kills < KILLS - 1) void replace();
      }
      await until(() => live.length > 1);
      run.finished = true;
      const followers = (await Promise.all(clients)).flat();

      await settle(followers);
      const broken = [
        ...followers.flatMap((follower) => follower.broken(promises)),
        ...brokenLines(await readLedger(postgres)),
      ];
      count('violations', broken.length);
      expect(broken).toEqual([]);
      expect(followers.length).toBeGreaterThan(KILLS / 4);
    },
    KILLS * 4_000 + 60_000,
  ); // for each, one kill and one start of the service; then each session is looked at

  /** Whatever happened to a session: after the bound, every instance gives the same answer about it. */
  async function settle(followers: Follower[]): Promise<void> {
    const rows = await postgres.query<{ id: string }>(
      'SELECT id FROM refresh_tokens WHERE revoked_at IS NOT NULL',
    );
    const ended = new Set(rows.map((row) => row.id));
    await pause(promises.boundMs);
    const left = [...followers];
    const lane = async () => {
      for (let follower = left.pop(); follower; follower = left.pop()) {
        if (ended.has(follower.sid)) follower.sawItsEnd();
        for (const { client } of live) await follower.visit(client);
        await follower.refreshForSure();
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, lane));
  }
});
