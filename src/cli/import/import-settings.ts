import { accessSync, constants, readFileSync, type Stats, statSync } from 'node:fs';
import { type HashConfig, hashConfigOf } from './firebase-hashes.js';
import { InputError } from './input-error.js';
import type { SourceName } from './source-names.js';

/** The options of `latchkey user import`. */
export interface ImportCliOptions {
  from: SourceName;
  onConflict: 'skip' | 'reject' | 'fail';
  dryRun?: boolean;
  requirePassword?: boolean;
  rejected?: string;
  ids?: string;
  roles?: string;
  hashConfig?: string;
}

/** What the command line says, after everything has been checked that needs no database. */
export interface ImportSettings {
  /** `-` is standard input. */
  file: string;
  options: ImportCliOptions;
  hashConfig?: HashConfig;
  /** 0 if it is not known. */
  totalBytes: number;
  rejectedPath: string;
  /** Where the import notes its progress and the files it has written. A dry run notes nothing. */
  progressPath?: string;
  /** Whether an interrupted import can continue: standard input is gone. */
  isRepeatable: boolean;
}

/** @throws InputError */
export function importSettings(file: string, options: ImportCliOptions): ImportSettings {
  const stats = file === '-' ? undefined : statsOf(file);
  const rejectedPath = options.rejected ?? `${file === '-' ? 'stdin' : file}.rejected.ndjson`;
  assertDifferent([file, rejectedPath, options.ids, options.hashConfig].filter((path) => path !== undefined));
  const isRepeatable = stats?.isFile() === true && options.dryRun !== true;
  return {
    file,
    options,
    hashConfig: readHashConfig(options),
    totalBytes: stats?.isFile() ? stats.size : 0,
    rejectedPath,
    isRepeatable,
    progressPath: options.dryRun !== true ? `${rejectedPath}.progress` : undefined,
  };
}

function statsOf(file: string): Stats {
  const stats = reading(file, () => {
    accessSync(file, constants.R_OK);
    return statSync(file);
  });
  if (stats.isDirectory()) throw new InputError(`${file} is a directory: name the file with the users.`);
  return stats;
}

function readHashConfig({ from, hashConfig }: ImportCliOptions): HashConfig | undefined {
  if (from === 'firebase' && hashConfig === undefined)
    throw new InputError(
      '--from firebase needs --hash-config <file>: the parameters that the Firebase console shows under "Password hash parameters". They contain a secret, so they are not read from the command line.',
    );
  if (from !== 'firebase' && hashConfig !== undefined)
    throw new InputError('--hash-config belongs to --from firebase.');
  return hashConfig === undefined
    ? undefined
    : hashConfigOf(reading(hashConfig, () => readFileSync(hashConfig, 'utf8')));
}

/** @throws InputError that says why the file cannot be read */
function reading<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: 'There is no file',
      EACCES: 'You have no permission to read',
    };
    throw new InputError(`${reasons[code ?? ''] ?? `${code}: cannot read`} ${file}.`);
  }
}

/** Writing the rejected users over the file with the users would destroy it. */
function assertDifferent(paths: string[]): void {
  const seen = new Set<string>();
  for (const path of paths) {
    const stats = statSync(path, { throwIfNoEntry: false });
    const identity = stats ? `${stats.dev}:${stats.ino}` : path;
    if (seen.has(identity)) throw new InputError(`${path} is given for two purposes: name different files.`);
    seen.add(identity);
  }
}
