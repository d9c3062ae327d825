import { DataSource } from 'typeorm';
import { Follower } from './support/follower.js';
import { brokenLines, keepLedger, readLedger } from './support/ledger.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { count } from './support/report.js';
import { newAccount, productionSettings, type ServiceProcess, startBuilt } from './support/service.js';

const CLIENTS = 200;
const promises = { leewayMs: 60_000, boundMs: 2_000 };

describe('PostgreSQL is available, but slow or blocking', () => {
  let postgres: OwnPostgres;
  let service: ServiceProcess;
  let email: string;
  const followers: Follower[] = [];
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    service = await startBuilt({
      ...productionSettings(postgres.url),
      DATABASE_POOL_SIZE: '2',
      REFRESH_LEEWAY: '60s',
    });
    email = await newAccount(service);
    await keepLedger(postgres);
    for (let i = 0; i < CLIENTS; i++) followers.push(await Follower.login(() => service.client, email));
  });
  afterAll(async () => {
    await service?.end('SIGKILL');
    await postgres?.close();
  });

  const connections = async () => {
    const sql = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'latchkey' AND datname = current_database()`;
    return (await postgres.query<{ n: number }>(sql))[0]!.n;
  };

  it('a pool of 2, 200 clients, statements that wait 5 s for a lock: 503 in time, and no session is lost', async () => {
    expect(await connections()).toBe(3); // one of them for notifications
    const blocker = await new DataSource({ type: 'postgres', url: postgres.url }).initialize();
    const runner = blocker.createQueryRunner();
    await runner.startTransaction();
    await runner.query('LOCK TABLE refresh_tokens IN EXCLUSIVE MODE');
    const unlocked = new Promise((resolve) => setTimeout(resolve, 5_000)).then(() =>
      runner.rollbackTransaction(),
    );

    const times = await Promise.all(
      followers.map(async (follower) => {
        const began = performance.now();
        expect(await follower.refresh()).toBe(false);
        return performance.now() - began;
      }),
    );
    count('requests while the pool was exhausted', CLIENTS);
    expect(Math.max(...times)).toBeLessThan(2_500); // our limit of two seconds, and 200 answers together on a busy machine

    // It needs no database: the process itself is not blocked.
    const began = performance.now();
    expect((await service.client.get('/health/live')).status).toBe(200);
    expect(performance.now() - began).toBeLessThan(250);

    await unlocked;
    await runner.release();
    await blocker.destroy();
    await Promise.all(followers.map((follower) => follower.refreshForSure()));
  });

  /**
   * The next `times` updates of a session fail with this SQLSTATE. Sequences are not rolled back, so they can count.
   */
  const inject = (sqlstate: string, times: number) =>
    postgres.query(`
      DROP SEQUENCE IF EXISTS injected;
      CREATE SEQUENCE injected;
      CREATE OR REPLACE FUNCTION inject() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF nextval('injected') <= ${times} THEN RAISE EXCEPTION 'injected' USING ERRCODE = '${sqlstate}'; END IF;
        RETURN NEW;
      END $$;
      CREATE OR REPLACE TRIGGER inject BEFORE UPDATE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION inject();`);
  const attempts = async () =>
    Number((await postgres.query<{ last_value: string }>('SELECT last_value FROM injected'))[0]!.last_value);

  describe.each([
    ['40P01', 'deadlock'],
    ['40001', 'serialization failure'],
    ['55P03', 'lock timeout'],
  ])('SQLSTATE %s (%s)', (sqlstate) => {
    it('goes unnoticed once or twice', async () => {
      for (const times of [1, 2]) {
        await inject(sqlstate, times);
        count('SQLSTATEs injected', times);
        expect(await followers[0]!.refresh()).toBe(true);
        expect(followers[0]!.events.at(-1)!.kind).toBe('refreshed');
        expect(await attempts()).toBe(times + 1);
      }
    });

    it('four times in a row: 503, and nothing has changed', async () => {
      const [follower] = followers as [Follower];
      const row = () => postgres.query(`SELECT * FROM refresh_tokens WHERE id = $1`, [follower.sid]);
      const before = await row();
      await inject(sqlstate, 1_000);
      const { refreshToken } = follower;
      const answer = await service.client.post('/auth/refresh', { refreshToken });
      count('SQLSTATEs injected', 4);
      expect(answer.status).toBe(503);
      expect(answer.body.error).toBe('UNAVAILABLE');
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(await attempts()).toBe(4);
      expect(await row()).toEqual(before);

      await inject(sqlstate, 0);
      await follower.refreshForSure();
    });
  });

  it('no promise was broken', async () => {
    const broken = [
      ...followers.flatMap((follower) => follower.broken(promises)),
      ...brokenLines(await readLedger(postgres)),
    ];
    count('violations', broken.length);
    expect(broken).toEqual([]);
  });
});
