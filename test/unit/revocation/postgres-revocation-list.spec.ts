import type { DatabaseNotifications } from '../../../src/database/notifications.js';
import { UnavailableError } from '../../../src/errors/auth-errors.js';
import { PostgresRevocationList } from '../../../src/revocation/postgres-revocation-list.js';
import { LOOK, type RevocationEntry } from '../../../src/revocation/revocation-message.js';
import type { RevocationStore } from '../../../src/revocation/revocation.store.js';
import type { Revocation } from '../../../src/revocation/revocation-list.js';

const NOW = 1_800_000_000_000;
const UNTIL = NOW + 60_000;
const token = (sid: string) => ({ sid, jti: 'x', sub: 'ada', iat: NOW / 1_000 });
const { now: real } = Date;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A table whose reads end when the test wants it, and the notifications of other instances. */
class Database {
  /** Lines that the next read finds. */
  news: string[] = [];
  away = false;
  holds: (() => void)[] = [];
  isHeld = false;
  most = 0;
  private atOnce = 0;
  listening: { heard(message: string): void; missed(): void } | undefined;
  channel = '';
  closed = 0;

  readonly store = {
    channel: 'the channel',
    look: async () => {
      this.most = Math.max(this.most, ++this.atOnce);
      const { away } = this;
      const found = away ? [] : this.news.splice(0);
      if (this.isHeld) await new Promise<void>((resolve) => this.holds.push(resolve));
      else await turn();
      this.atOnce--;
      if (away) throw new UnavailableError();
      this.found = found;
      return { identity: 'one', snapshot: { next: 100n, running: [] }, blocks: 0, byBlocks: false };
    },
    readNext: async () => {
      const records = this.found.map((line) => `\n${line}\n`).join('');
      return { records, count: 0, last: null };
    },
    write: async (revocations: Revocation[]): Promise<RevocationEntry[]> => {
      if (this.away) throw new UnavailableError();
      return revocations.map((each) => ({ since: new Date(NOW), until: new Date(UNTIL), ...each }));
    },
  } as unknown as RevocationStore;
  readonly notifications = {
    listen: async (channel: string, subscription: Database['listening']) => {
      [this.channel, this.listening] = [channel, subscription];
    },
    onModuleDestroy: async () => void this.closed++,
  } as unknown as DatabaseNotifications;
  private found: string[] = [];

  letGo(): void {
    this.isHeld = false;
    for (const go of this.holds.splice(0)) go();
  }
}

describe('revocations that instances share through PostgreSQL', () => {
  let now: number;
  let database: Database;
  let list: PostgresRevocationList;
  beforeEach(() => {
    now = NOW;
    database = new Database();
    list = new PostgresRevocationList(database.store, database.notifications, {
      maxStaleness: 60,
      clock: () => now,
    });
  });
  afterEach(() => {
    Date.now = real;
    list.onModuleDestroy();
  });

  const line = (sid: string) => `session ${sid} ${NOW} ${UNTIL}`;
  const settled = async () => {
    for (let i = 0; i < 10; i++) await turn();
  };

  it('are all read before the app starts, which listens to what is new', async () => {
    database.news = [line('s1')];
    await list.onModuleInit();
    expect(database.channel).toBe('the channel');
    expect([list.isRevoked(token('s1')), list.isRevoked(token('s2')), list.size]).toEqual([true, false, 1]);
    expect(list.staleness).toBeLessThan(60);
    database.listening!.heard(line('s2'));
    database.listening!.heard('nonsense');
    expect([list.isRevoked(token('s2')), list.size]).toEqual([true, 2]);
  });

  it('that cannot be read keep the app from starting, and no connection stays open', async () => {
    database.away = true;
    const starting = list.onModuleInit();
    await expect(starting).rejects.toBeInstanceOf(UnavailableError);
    expect(database.closed).toBe(1);
    expect(list.staleness).toBe(Infinity);
  });

  it.each(['told that there are many', 'told that some were missed'])(
    'are read when the instance is %s',
    async (how) => {
      await list.onModuleInit();
      database.news = [line('s1')];
      const { heard, missed } = database.listening!;
      if (how.endsWith('many')) heard(LOOK);
      else missed();
      await settled();
      expect(list.isRevoked(token('s1'))).toBe(true);
      database.away = true;
      for (const tell of [() => heard(LOOK), missed]) tell();
      await settled();
      expect(list.isRevoked(token('s2'))).toBe(false);
    },
  );

  it('are read one read after the other; who asks during a read is answered by one that begins later', async () => {
    await list.onModuleInit();
    database.most = 0;
    for (const sid of ['s1', 's2']) {
      database.isHeld = true;
      database.listening!.missed();
      await settled();
      database.news = [line(sid)];
      for (let i = 0; i < 5; i++) database.listening!.missed();
      await settled();
      expect([list.isRevoked(token(sid)), database.holds.length]).toEqual([false, 1]);
      database.letGo();
      await settled();
      expect([list.isRevoked(token(sid)), database.most]).toEqual([true, 1]);
    }
  });

  it('are read anew for a request after a freeze, although a read from before is still under way', async () => {
    await list.onModuleInit();
    database.isHeld = true;
    database.listening!.missed();
    await settled();
    database.news = [line('s1')];
    Date.now = () => real() + 3_600_000;
    const answer = list.isRevoked(token('s1'));
    expect(answer).toBeInstanceOf(Promise);
    database.letGo();
    expect(await answer).toBe(true);
    expect(list.isRevoked(token('s2'))).toBe(false);
  });

  it('are read again after a read that failed', async () => {
    await list.onModuleInit();
    database.isHeld = database.away = true;
    database.listening!.missed();
    await settled();
    database.away = false;
    database.news = [line('s1')];
    database.listening!.missed();
    database.letGo();
    await settled();
    expect(list.isRevoked(token('s1'))).toBe(true);
  });

  it('take effect here as soon as they are written, and not if they are not', async () => {
    await list.onModuleInit();
    const entries = await list.record([{ kind: 'session', id: 's1' }], 60);
    expect(entries).toEqual([{ kind: 'session', id: 's1', since: new Date(NOW), until: new Date(UNTIL) }]);
    await list.revoke([{ kind: 'session', id: 's2' }], 60);
    expect([list.isRevoked(token('s1')), list.isRevoked(token('s2'))]).toEqual([true, true]);
    database.away = true;
    await expect(list.revoke([{ kind: 'session', id: 's3' }], 60)).rejects.toBeInstanceOf(UnavailableError);
    expect(list.isRevoked(token('s3'))).toBe(false);
    // Without anything to write, nothing is needed from the database.
    expect(await list.record([], 60)).toEqual([]);
  });

  it.each(['heard of', 'written', 'read'])('that have expired go when others are %s', async (how) => {
    await list.onModuleInit();
    database.listening!.heard(line('s1'));
    now = UNTIL;
    if (how === 'heard of') database.listening!.heard(`session s2 ${NOW} ${UNTIL + 60_000}`);
    if (how === 'written') await list.revoke([{ kind: 'session', id: 's2' }], 60);
    if (how === 'read') database.listening!.missed();
    await settled();
    expect(list.isRevoked(token('s1'))).toBe(false);
  });

  it('are told to whoever watches, until that ends', async () => {
    await list.onModuleInit();
    const told: string[] = [];
    const end = list.watch(({ id }) => void told.push(id));
    database.listening!.heard(line('s1'));
    await list.revoke([{ kind: 'session', id: 's2' }], 60);
    end();
    database.listening!.heard(line('s3'));
    expect(told).toEqual(['s1', 's2']);
  });
});
