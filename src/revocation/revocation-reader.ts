import { setImmediate as nextTurn } from 'node:timers/promises';
import { type News, oldestNews } from './revocation-order.js';
import type { Look, Place, RevocationStore } from './revocation.store.js';

/** 1 MB: about 9,000 revocations. Larger pages are not read faster, and what they take stays with the process. */
const BLOCKS = 128;
const PAGE = 10_000;
/** How many pages are asked for at the same time at a start, each over its own connection. */
const PAGES_AHEAD = 2;
/** To find this many rows by their order costs about as much as to read a block. */
const ROWS_PER_BLOCK = 3;
const EVERYTHING: News = { from: 0n, end: 2n ** 63n - 1n };
const FAILURES = 10;
/** A complete read that takes longer is told about, and then as often. */
const TELL_AFTER_MS = 2_000;

/** What a reader does with what it reads, and whom it tells. */
export interface ReaderSettings {
  /** Receives a page of what was read, for {@link readRecords}. */
  learn(records: string): void;
  log(line: string): void;
  /** How many revocations to read together in their order. */
  page?: number;
}

/**
 * Reads revocations from PostgreSQL in pages, so that neither their number nor a limit on the time of statements
 * matters: all of them the first time, and then what has become visible since the last look.
 */
export class RevocationReader {
  /** The last look whose news have all been read. */
  private seen: Look | undefined;

  constructor(
    private readonly store: RevocationStore,
    private readonly settings: ReaderSettings,
  ) {}

  /**
   * Reads everything that was committed before this call and has not been read.
   * @throws UnavailableError when the database is unavailable; the next call reads it again
   */
  async read(): Promise<void> {
    this.seen = await this.readSince(this.seen);
  }

  /** Returns the look up to which everything has been read. */
  private async readSince(seen: Look | undefined): Promise<Look> {
    const look = await this.store.look();
    // After a restart, a failover or a restored backup, transaction ids may have been given out a second time.
    if (seen?.identity !== look.identity)
      return look.byBlocks ? this.readBlocks(look) : this.readNews(look, EVERYTHING);
    const news = { from: oldestNews(seen.snapshot, look.snapshot), end: look.snapshot.next };
    return this.readNews(look, news);
  }

  /** In their order, as long as that costs less than to look at the whole table. */
  private async readNews(look: Look, news: News): Promise<Look> {
    const { learn, page: limit = PAGE } = this.settings;
    let place: Place | null = { xid: news.from, kind: '', id: '' };
    for (let count = limit, read = 0; place && count === limit; read += count) {
      if (look.byBlocks && read > look.blocks * ROWS_PER_BLOCK) return this.readBlocks(look, news);
      const page = await this.store.readNext(place, news.end, limit);
      learn(page.records);
      ({ count, last: place } = page);
    }
    return look;
  }

  /**
   * Reads the news, or everything. Blocks that are added meanwhile, and rows that move, belong to transactions that the
   * next look finds.
   */
  private async readBlocks(look: Look, news?: News): Promise<Look> {
    const progress = new Progress(look.blocks, this.settings.log);
    for await (const { records, end } of this.blocksOf(look, news)) {
      this.settings.learn(records);
      progress.reached(end);
    }
    progress.end();
    const { identity } = await this.store.look();
    return identity === look.identity ? look : this.readSince(undefined); // VACUUM FULL has moved the rows
  }

  /** PostgreSQL reads the next pages while this process receives and remembers the one before. */
  private async *blocksOf(look: Look, news?: News): AsyncGenerator<{ records: string; end: number }> {
    // While an instance serves requests, they need the other connections.
    const ahead = news ? 1 : PAGES_AHEAD;
    let [size, failures] = [BLOCKS, 0];
    let asked = 0;
    const pages: { end: number; records: Promise<string> }[] = [];
    const ask = () => {
      while (asked < look.blocks && pages.length < ahead) {
        const end = asked + size;
        const records = this.store.readBlocks(asked, end, news);
        records.catch(() => undefined); // it is awaited later
        pages.push({ end, records });
        asked = end;
      }
    };
    for (let read = 0; read < look.blocks;) {
      ask();
      try {
        const records = await pages[0]!.records;
        read = pages.shift()!.end;
        ask();
        await nextTurn(); // until the query has been sent
        yield { records, end: read };
      } catch (error) {
        // A slow disk may need longer for a page than a statement may take.
        if (++failures === FAILURES) throw error;
        size = Math.max(1, size >> 1);
        asked = read;
        pages.length = 0;
      }
    }
  }
}

/** Tells the log about a read that takes long. */
class Progress {
  private readonly began = performance.now();
  private toldAt = this.began;

  constructor(
    private readonly blocks: number,
    private readonly log: (line: string) => void,
  ) {}

  reached(block: number): void {
    if (performance.now() - this.toldAt < TELL_AFTER_MS) return;
    this.toldAt = performance.now();
    this.log(`Reading revocations: ${Math.min(100, Math.floor((100 * block) / this.blocks))} % done.`);
  }

  end(): void {
    if (this.toldAt > this.began)
      this.log(`All revocations were read in ${((performance.now() - this.began) / 1_000).toFixed(1)} s.`);
  }
}
