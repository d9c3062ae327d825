import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { AccountAdmin, ImportedAccount, ImportResult } from '../../index.js';
import type { Io } from '../io.js';
import { noCounts, type Rejection } from './import-counts.js';
import { ImportFiles } from './import-files.js';
import type { ImportSettings } from './import-settings.js';
import { RowProblem } from './input-error.js';
import { ProgressDisplay } from './progress-display.js';
import { type Entry, type Row, rowsOf } from './rows.js';
import { SOURCES } from './sources.js';
import { names } from './values.js';

/** An entry of the file, as far as it could be read. */
interface Item {
  line: number;
  row?: Row;
  account?: ImportedAccount;
  reason?: string;
}

/** One statement of the database each. */
const BATCH = 1000;
const BATCH_BYTES = 4 * 2 ** 20;
/** Of a dry run. */
const SHOWN_REJECTIONS = 100;

/**
 * Imports the users of a file in batches, and notes its progress after each. It always begins with the first user: only
 * the database knows who is there, and it may be another one than last time, or one restored from a backup.
 */
export class ImportRun {
  counts = noCounts();
  /** The users read so far. */
  entries = 0;
  readonly rejections: Rejection[] = [];
  /** With `--on-conflict fail`: where the import has stopped. */
  conflict: Rejection | undefined;
  private readonly files: ImportFiles;
  /** Users whom the interrupted import has found there, not added. */
  private presentBefore: number;

  constructor(
    private readonly admin: AccountAdmin,
    private readonly settings: ImportSettings,
    private readonly io: Io,
  ) {
    this.files = new ImportFiles(settings);
    this.presentBefore = this.files.earlier?.counts.present ?? 0;
  }

  /** Whether an interrupted import can continue. */
  get canContinue(): boolean {
    return this.settings.isRepeatable;
  }

  async run(): Promise<void> {
    const { totalBytes, options } = this.settings;
    const done = this.files.earlier?.entries ?? 0;
    if (done > 0)
      this.io.stderr.write(`Continuing after ${done} users of an interrupted import, which are looked up.\n`);
    const input = this.open();
    const display = new ProgressDisplay(this.io.stderr, totalBytes);
    let batch: Entry[] = [];
    let bytes = 0;
    let read = 0;
    try {
      for await (const entry of rowsOf(
        counted(input, (n) => (read += n)),
        SOURCES[options.from].usually,
      )) {
        batch.push(entry);
        bytes += entry.size;
        if (batch.length < BATCH && bytes < BATCH_BYTES) continue;
        await this.add(batch);
        if (this.conflict) return;
        [batch, bytes] = [[], 0];
        display.update(read, this.entries);
      }
      await this.add(batch);
      if (!this.conflict) this.files.finish();
    } finally {
      display.stop();
      input.destroy();
      this.files.close();
    }
  }

  private open(): Readable {
    const { file } = this.settings;
    return file === '-' ? this.io.stdin : createReadStream(file, { highWaterMark: 2 ** 18 });
  }

  private async add(batch: readonly Entry[]): Promise<void> {
    const items = batch.map((entry) => this.read(entry));
    const { from: source, requirePassword, dryRun } = this.settings.options;
    const readable = items.filter(({ account }) => account !== undefined);
    const accounts = readable.map(({ account }) => account!);
    const results = await this.admin.import(accounts, { source, requirePassword, dryRun });
    const mappings = readable.flatMap((item, i) => this.count(item, results[i]!));
    if (this.conflict) return; // the next import meets it again
    const rejected = items.filter(({ reason }) => reason !== undefined);
    this.reject(rejected);
    this.entries += batch.length;
    this.files.mapIds(mappings);
    this.files.note(this.entries, this.counts);
  }

  private read(entry: Entry): Item {
    const { line } = entry;
    let row: Row | undefined;
    try {
      row = entry.read();
      return { line, row, account: this.accountOf(row) };
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      return { line, row, reason: error.message };
    }
  }

  private accountOf(row: Row): ImportedAccount {
    const { options, hashConfig } = this.settings;
    const { email, ...account } = SOURCES[options.from].accountOf(row, hashConfig);
    if (email === undefined) throw new RowProblem('there is no email address');
    return { ...account, email, roles: options.roles === undefined ? [] : names(row, options.roles) };
  }

  /** Returns the mapping of the ids, if there is one. */
  private count(item: Item, result: ImportResult): object[] {
    if (result.outcome === 'refused') {
      item.reason = result.reason;
      return [];
    }
    if (result.outcome === 'taken') return this.countTaken(item);
    const { notes, id } = result;
    if (result.outcome === 'present' && !this.isOfInterrupted()) this.counts.present++;
    else {
      this.counts.imported++;
      if (notes.password) this.counts.withoutPassword++;
      if (notes.password && notes.password !== 'none') this.counts.unusableHashes++;
      if (notes.password === 'needs-argon2') this.counts.argon2Hashes++;
      if (item.account!.disabled) this.counts.disabled++;
      if (notes.name) this.counts.withoutName++;
    }
    const from = item.account!.id;
    return [{ from: from ?? item.account!.email, to: id }];
  }

  /** Whether the import that was interrupted has added a user who is there: it may have added one batch more than noted. */
  private isOfInterrupted(): boolean {
    const { earlier } = this.files;
    if (!earlier || this.entries > earlier.entries) return false;
    if (this.presentBefore === 0) return true;
    this.presentBefore--;
    return false;
  }

  private countTaken(item: Item): [] {
    const { onConflict } = this.settings.options;
    const reason = 'the address or id belongs to another account';
    if (onConflict === 'skip') this.counts.taken++;
    else item.reason = reason;
    if (onConflict === 'fail') this.conflict ??= { line: item.line, reason };
    return [];
  }

  private reject(items: Item[]): void {
    this.counts.rejected += items.length;
    for (const { line, reason } of items.slice(0, SHOWN_REJECTIONS - this.rejections.length))
      this.rejections.push({ line, reason: reason! });
    this.files.reject(items.map(({ line, reason, row }) => ({ line, reason, row })));
  }
}

async function* counted(input: Readable, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of input) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk as string);
    count(bytes.length);
    yield bytes;
  }
}
