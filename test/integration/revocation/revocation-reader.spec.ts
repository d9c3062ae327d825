import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { RevocationIndex } from '../../../src/revocation/revocation-index.js';
import { RevocationReader } from '../../../src/revocation/revocation-reader.js';
import { RevocationStore } from '../../../src/revocation/revocation.store.js';
import { until } from '../../support/until.js';
import { ACCESS_LIFETIME, RevocationInstances, tokenOf } from '../../support/revocations.js';

const PAGE = 10;

describe('the reader of revocations', () => {
  let instances: RevocationInstances;
  let source: DataSource;
  beforeAll(async () => {
    instances = await RevocationInstances.create();
    source = await instances.connect();
  });
  afterEach(() => source.query('TRUNCATE revocations'));
  afterAll(() => instances.drop());

  /** @param byBlocks whether the server can read a range of blocks: before version 14 it cannot */
  function startReading(byBlocks = true, meanwhile: () => Promise<unknown> = async () => undefined) {
    const store = new RevocationStore(source, ACCESS_LIFETIME);
    const asked = { blocks: 0, pages: 0 };
    const counting = {
      look: async () => ({ ...(await store.look()), byBlocks }),
      readBlocks: async (...of: Parameters<RevocationStore['readBlocks']>) => {
        if (asked.blocks++ === 0) await meanwhile();
        return store.readBlocks(...of);
      },
      readNext: (...of: Parameters<RevocationStore['readNext']>) => (asked.pages++, store.readNext(...of)),
    } as unknown as RevocationStore;
    const index = new RevocationIndex(Date.now);
    const heard: string[] = [];
    index.watch(({ id }) => heard.push(id));
    const reader = new RevocationReader(counting, {
      learn: (records) => index.addRecords(records),
      log: () => undefined,
      page: PAGE,
    });
    return { reader, index, heard, asked };
  }

  const add = async (ids: string[], until = `now() + interval '1 hour'`, since = 'now()') => {
    await source.query(
      `INSERT INTO revocations SELECT 'session', id, ${since}, ${until}, now(), 0 FROM unnest($1::text[]) AS id`,
      [ids],
    );
    await settled();
    return ids;
  };
  /** No older transaction is in progress, also in the databases of other tests: for its sake, rows would be read again. */
  const settled = async () => {
    const [{ xid }] = await source.query('SELECT pg_current_xact_id()::text AS xid');
    const isPast = `SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 AS past`;
    await until(async () => (await source.query(isPast, [xid]))[0].past === true);
  };
  const some = (count: number) => Array.from({ length: count }, () => randomUUID() as string);
  const knows = (index: RevocationIndex, ids: string[]) => ids.every((id) => index.has(tokenOf(id)));

  it('reads few news in their order, page by page, and each once', async () => {
    await add(some(2_000));
    const { reader, index, heard, asked } = startReading();
    await reader.read();
    heard.length = asked.blocks = 0;
    const news = [...(await add(some(PAGE))), ...(await add(some(PAGE + 5)))];
    await reader.read();
    expect(heard.toSorted()).toEqual(news.toSorted());
    expect(knows(index, news)).toBe(true);
    expect(asked).toEqual({ blocks: 0, pages: 3 });
  });

  it('reads many news in the order of the disk, and nothing else again', async () => {
    await add(some(500));
    const { reader, index, heard, asked } = startReading();
    await reader.read();
    heard.length = asked.blocks = 0;
    const news = await add(some(3_000));
    await reader.read();
    expect(knows(index, news)).toBe(true);
    expect(new Set(heard)).toEqual(new Set(news));
    expect(asked.blocks).toBeGreaterThan(0);
    expect(asked.pages).toBeLessThan(news.length / PAGE);
    heard.length = 0;
    await reader.read();
    expect(heard).toEqual([]);
  });

  it('reads everything in its order where the server cannot read a range of blocks', async () => {
    const before = await add(some(95));
    const { reader, index, asked } = startReading(false);
    await reader.read();
    expect(knows(index, before)).toBe(true);
    const news = await add(some(200));
    await reader.read();
    expect(knows(index, news)).toBe(true);
    expect(asked.blocks).toBe(0);
  });

  it('reads everything again after the table has moved, and if that was meanwhile, not a third time', async () => {
    const ids = await add(some(3));
    const { reader, index, heard } = startReading(true, () => source.query('VACUUM FULL revocations'));
    await reader.read();
    expect(knows(index, ids)).toBe(true);
    heard.length = 0;
    await reader.read();
    expect(heard).toEqual([]);
    await source.query('VACUUM FULL revocations');
    await reader.read();
    expect(heard.toSorted()).toEqual(ids.toSorted());
  });

  it.each([true, false])('reads ids and times of any kind (by blocks: %s)', async (byBlocks) => {
    const ids = [
      randomUUID(),
      randomUUID().toUpperCase(),
      'short',
      'x'.repeat(36),
      `${'é'.repeat(18)}`,
      'é'.repeat(36),
      `${'x'.repeat(34)}é`,
      `${'x'.repeat(35)}é`,
      ' '.repeat(36),
      `${'x'.repeat(17)} ${'x'.repeat(18)}`,
    ];
    const { reader, index } = startReading(byBlocks);
    await add(ids);
    const far = [
      ...(await add([randomUUID(), 'far'], `'9999-01-01'`)),
      ...(await add([randomUUID(), 'endless'], `'infinity'`, `'infinity'`)),
      ...(await add([randomUUID(), 'ancient'], `now() + interval '1 hour'`, `'-infinity'`)),
    ];
    // Not the id of any token. It must not hide the others.
    await add([`\n${'x'.repeat(35)}`, `x\n${'x'.repeat(34)}`, 'short\n', '\n']);
    const last = await add(some(5));
    const over = await add([randomUUID(), 'over'], `now() - interval '1 second'`);
    await reader.read();
    const all = [...ids, ...far, ...last];
    expect(all.filter((id) => !index.has(tokenOf(id)))).toEqual([]);
    expect(over.filter((id) => index.has(tokenOf(id)))).toEqual([]);
    // The second of the ids with a line break has the form of a record.
    expect(index.size).toBe(all.length + 1);
  });
});
