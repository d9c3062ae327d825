import { type ImportCounts, noCounts } from './import-counts.js';
import type { ImportSettings } from './import-settings.js';
import {
  assertOurs,
  LinesFile,
  type Progress,
  progressKey,
  readProgress,
  removeProgress,
  writeProgress,
} from './journal.js';

/** The files that an import writes: rejected users, ids, and its progress. A dry run writes none. */
export class ImportFiles {
  /** How far an interrupted import of the same file came. */
  readonly earlier: { entries: number; counts: ImportCounts } | null = null;
  private readonly key: string = '';
  private readonly rejected: LinesFile | undefined;
  private readonly ids: LinesFile | undefined;

  constructor(private readonly settings: ImportSettings) {
    const { file, options, hashConfig, progressPath, isRepeatable, rejectedPath } = settings;
    if (!progressPath) return;
    const { from, roles, requirePassword, ids } = options;
    if (isRepeatable) this.key = progressKey(file, { from, roles, requirePassword, ids, hashConfig });
    const progress = readProgress<ImportCounts>(progressPath);
    const written = progress?.written ?? [];
    // Both before either is emptied.
    assertOurs(rejectedPath, '--rejected', written);
    if (ids !== undefined) assertOurs(ids, '--ids', written);
    if (isRepeatable && progress?.key === this.key) this.earlier = progress;
    this.ids = ids === undefined ? undefined : new LinesFile(ids, '--ids');
    this.rejected = new LinesFile(rejectedPath, '--rejected');
    this.note(0, noCounts());
  }

  reject(users: readonly object[]): void {
    this.rejected?.append(users);
  }

  mapIds(ids: readonly object[]): void {
    this.ids?.append(ids);
  }

  /** Keeps what an interrupted import has noted until this one has come further. */
  note(entries: number, counts: ImportCounts): void {
    this.write(this.earlier && this.earlier.entries > entries ? this.earlier : { entries, counts });
  }

  /** The import is complete. What is left of its progress says which files it may replace when it is repeated. */
  finish(): void {
    const { progressPath } = this.settings;
    if (!progressPath) return;
    const isNothingLeft = (this.rejected?.removeIfEmpty() ?? true) && !this.ids;
    if (isNothingLeft) removeProgress(progressPath);
    else this.write({ key: '', entries: 0, counts: noCounts() });
  }

  close(): void {
    this.rejected?.close();
    this.ids?.close();
  }

  private write(progress: Pick<Progress<ImportCounts>, 'entries' | 'counts'> & { key?: string }): void {
    const { progressPath } = this.settings;
    const written = [this.rejected, this.ids].flatMap((file) => (file ? [file.identity] : []));
    const { key = this.key, entries, counts } = progress;
    if (progressPath) writeProgress(progressPath, { key, entries, counts, written });
  }
}
