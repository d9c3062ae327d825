import { lines } from '../outcome.js';
import type { ImportSettings } from './import-settings.js';

/** What became of the users of a file. */
export interface ImportCounts {
  imported: number;
  /** Users that an earlier import has added. */
  present: number;
  /** Users whose address or id belongs to another account. */
  taken: number;
  rejected: number;
  /** Imported users who have to set a password. */
  withoutPassword: number;
  /** Those of them who had a password hash that cannot be verified here. */
  unusableHashes: number;
  /** Those of them that only lack what computes Argon2. */
  argon2Hashes: number;
  /** Imported users who are disabled. */
  disabled: number;
  /** Imported users whose name was left out. */
  withoutName: number;
}

export const noCounts = (): ImportCounts => ({
  imported: 0,
  present: 0,
  taken: 0,
  rejected: 0,
  withoutPassword: 0,
  unusableHashes: 0,
  argon2Hashes: 0,
  disabled: 0,
  withoutName: 0,
});

/** A user that is not imported, and why. */
export interface Rejection {
  line: number;
  reason: string;
}

/** The counts that are not 0, each with what it means. */
export function summaryOf(counts: ImportCounts, { options, rejectedPath }: ImportSettings): string {
  const { dryRun } = options;
  const rows: [name: string, count: number, meaning?: string][] = [
    ['There already', counts.present],
    ['Skipped', counts.taken, 'the address or id belongs to another account'],
    [dryRun ? 'Would reject' : 'Rejected', counts.rejected, dryRun ? undefined : `see ${rejectedPath}`],
    ['Without a password', counts.withoutPassword, unusable(counts)],
    ['Disabled', counts.disabled, 'they cannot log in'],
    ['Name left out', counts.withoutName, 'it was too long or contained unsuitable characters'],
  ];
  const shown = rows
    .filter(([, count]) => count > 0)
    .map(([name, count, meaning]): [string, string] => [
      name,
      meaning ? `${count} (${meaning})` : `${count}`,
    ]);
  return lines([[dryRun ? 'Would import' : 'Imported', `${counts.imported}`], ...shown]);
}

function unusable({ unusableHashes, argon2Hashes }: ImportCounts): string | undefined {
  const unreadable = unusableHashes - argon2Hashes;
  const parts = [
    unreadable > 0 && `${unreadable} had a hash of an unknown format, or one that takes too long to verify`,
    argon2Hashes > 0 && `${argon2Hashes} hashes need @node-rs/argon2 or Node 24.7`,
  ];
  return parts.filter(Boolean).join('; ') || undefined;
}
