import { RevocationReader } from '../../../src/revocation/revocation-reader.js';
import type { Look, Page, Place, RevocationStore } from '../../../src/revocation/revocation.store.js';
import type { News } from '../../../src/revocation/revocation-order.js';

const { now } = performance;

/** A table that remembers what it was asked. Blocks are read as `from-to`. */
class Table {
  look: Look = { identity: 'one', snapshot: { next: 100n, running: [] }, blocks: 0, byBlocks: true };
  /** What is read in order, page by page. */
  pages: number[] = [];
  readonly asked: string[] = [];
  fail: (from: number, to: number) => boolean = () => false;
  meanwhile: () => void = () => undefined;
  atOnce = 0;
  most = 0;

  readonly store = {
    look: async () => ({ ...this.look }),
    readBlocks: async (from: number, to: number, news?: News) => {
      this.asked.push(`${from}-${to}${news ? ` ${news.from}:${news.end}` : ''}`);
      this.most = Math.max(this.most, ++this.atOnce);
      this.meanwhile();
      await new Promise((resolve) => setImmediate(resolve));
      this.atOnce--;
      if (this.fail(from, to)) throw new Error('too slow');
      return `${from}-${to}`;
    },
    readNext: async ({ xid, kind, id }: Place, end: bigint): Promise<Page> => {
      this.asked.push(`after ${[xid, kind, id].join(',')} to ${end}`);
      const count = this.pages.shift() ?? 0;
      const last = count > 0 ? { xid: xid + 1n, kind: 'session', id: `${this.asked.length}` } : null;
      return { records: `page of ${count}`, count, last };
    },
  } as unknown as RevocationStore;
}

describe('the reading of revocations', () => {
  let table: Table;
  let learnt: string[];
  let log: string[];
  let reader: RevocationReader;
  let ahead: number;
  beforeEach(() => {
    ahead = 0;
    performance.now = () => ahead;
    [table, learnt, log] = [new Table(), [], []];
    reader = new RevocationReader(table.store, {
      learn: (records) => void learnt.push(records),
      log: (line) => void log.push(line),
      page: 10,
    });
  });
  afterAll(() => {
    performance.now = now;
  });
  const start = async (blocks = 0) => {
    table.look.blocks = blocks;
    await reader.read();
    for (const list of [table.asked, learnt, log]) list.length = 0;
  };

  it('begins with everything, block by block and with two pages at once, and tells nothing if that is quick', async () => {
    table.look.blocks = 300;
    await reader.read();
    expect(learnt).toEqual(['0-128', '128-256', '256-384']);
    expect(table.most).toBe(2);
    expect(log).toEqual([]);
  });

  it('tells the log about one that takes long, every two seconds and at the end', async () => {
    table.look.blocks = 600;
    table.meanwhile = () => void (ahead += 1_000);
    await reader.read();
    expect(log).toEqual([
      'Reading revocations: 21 % done.',
      'Reading revocations: 64 % done.',
      'All revocations were read in 5.0 s.',
    ]);
    log.length = 0;
    table.look = { ...table.look, identity: 'two', blocks: 100 };
    table.meanwhile = () => void (ahead += 2_000);
    await reader.read();
    expect(log).toEqual(['Reading revocations: 100 % done.', 'All revocations were read in 2.0 s.']);
  });

  it('goes on with smaller pages where they fail, from what has been read', async () => {
    table.look.blocks = 256;
    table.fail = (from, to) => to - from > 32 && from >= 128;
    await reader.read();
    expect(learnt[0]).toBe('0-128');
    expect(learnt.slice(1)).toEqual(['128-160', '160-192', '192-224', '224-256']);
  });

  it('fails with the tenth failure in all, and begins again the next time', async () => {
    table.look.blocks = 128;
    let failures = 9;
    table.fail = (from) => from === 0 && failures-- > 0;
    await reader.read();
    expect(learnt.slice(0, 2)).toEqual(['0-1', '1-2']);
    learnt.length = 0;
    failures = 10;
    table.look.identity = 'two';
    await expect(reader.read()).rejects.toThrow('too slow');
    expect(learnt).toEqual([]);
    await reader.read();
    expect(learnt).toEqual(['0-128']);
  });

  it('goes on with what is new since the last look, after the last row of each page', async () => {
    await start(100);
    table.look.snapshot = { next: 150n, running: [140n] };
    table.pages = [10, 10, 3];
    await reader.read();
    expect(learnt).toEqual(['page of 10', 'page of 10', 'page of 3']);
    expect(table.asked).toEqual([
      'after 100,, to 150',
      'after 101,session,1 to 150',
      'after 102,session,2 to 150',
    ]);
    table.asked.length = 0;
    table.look.snapshot = { next: 160n, running: [] };
    await reader.read();
    expect(table.asked).toEqual(['after 140,, to 160']);
  });

  it('asks once more after a full page, and not after an empty one', async () => {
    await start(100);
    table.pages = [10, 0];
    await reader.read();
    expect(learnt).toEqual(['page of 10', 'page of 0']);
  });

  it('reads news by blocks, one page at a time, as soon as there are more than three a block', async () => {
    await start(10);
    table.look.snapshot = { next: 150n, running: [] };
    table.pages = [10, 10, 10, 10];
    await reader.read();
    expect(learnt).toEqual(['page of 10', 'page of 10', 'page of 10', 'page of 10', '0-128']);
    expect(table.asked.at(-1)).toBe('0-128 100:150');
    await start(1_000);
    table.look.blocks = 300;
    table.pages = Array.from({ length: 91 }, () => 10);
    table.most = 0;
    await reader.read();
    expect(learnt).toHaveLength(91 + 3);
    expect(table.most).toBe(1);
  });

  it.each([true, false])(
    'begins again where transactions have other ids (by blocks: %s)',
    async (byBlocks) => {
      await start(10);
      Object.assign(table.look, { identity: 'two', byBlocks });
      await reader.read();
      expect(table.asked).toEqual([byBlocks ? '0-128' : `after 0,, to ${2n ** 63n - 1n}`]);
    },
  );

  it('reads everything in order where a range of blocks cannot be read, however much that is', async () => {
    Object.assign(table.look, { byBlocks: false, blocks: 1 });
    table.pages = [10, 10, 10, 1];
    await reader.read();
    expect(learnt).toEqual(['page of 10', 'page of 10', 'page of 10', 'page of 1']);
  });

  it('begins again if the table has moved meanwhile', async () => {
    table.look.blocks = 200;
    table.meanwhile = () => void (table.look.identity = 'two');
    await reader.read();
    expect(learnt).toEqual(['0-128', '128-256', '0-128', '128-256']);
    learnt.length = 0;
    await reader.read();
    expect(learnt).toEqual(['page of 0']);
  });

  it('that has failed is done again, and loses nothing', async () => {
    await start(10);
    table.look.snapshot = { next: 150n, running: [] };
    const { look } = table.store;
    table.store.look = () => Promise.reject(new Error('away'));
    await expect(reader.read()).rejects.toThrow('away');
    table.store.look = look;
    await reader.read();
    expect(table.asked).toEqual(['after 100,, to 150']);
  });
});
