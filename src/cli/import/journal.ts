import { createHash } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { InputError } from './input-error.js';

/** A file of JSON lines, begun anew. Only its owner can read it. */
export class LinesFile {
  private readonly descriptor: number;
  /** In bytes. */
  size = 0;

  /** @param option that names the file */
  constructor(
    readonly path: string,
    private readonly option: string,
  ) {
    this.descriptor = writing(path, option, () => openSync(path, 'w', 0o600));
    if (!this.isFile) return; // such as /dev/stdout
    fchmodSync(this.descriptor, 0o600);
  }

  /** Which file this is, whatever its name. */
  get identity(): string {
    return identityOf(fstatSync(this.descriptor));
  }

  private get isFile(): boolean {
    return fstatSync(this.descriptor).isFile();
  }

  append(values: readonly object[]): void {
    if (values.length === 0) return;
    const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
    const { isFile } = this;
    writing(this.path, this.option, () => {
      for (let at = 0; at < bytes.length;)
        at += writeSync(this.descriptor, bytes, at, bytes.length - at, isFile ? this.size + at : null);
    });
    this.size += bytes.length;
  }

  /** Without this, a file with nothing in it would look as if there was something to see. Returns whether it was empty. */
  removeIfEmpty(): boolean {
    const isEmpty = this.size === 0 && this.isFile;
    if (isEmpty) rmSync(this.path, { force: true });
    return isEmpty;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** How far an import has come. */
export interface Progress<Counts> {
  /** Identifies the file and the settings. */
  key: string;
  entries: number;
  counts: Counts;
  /** Which files it has written; see {@link identityOf}. */
  written: string[];
}

const identityOf = ({ dev, ino }: Stats): string => `${dev}:${ino}`;

/**
 * Whoever mistypes a name must not lose a file.
 * @throws InputError if there is a file with content, and no import of this progress has written it
 */
export function assertOurs(path: string, option: string, written: readonly string[]): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size === 0 || written.includes(identityOf(stats))) return;
  throw new InputError(
    `${path} exists, and this import has not written it: move it away, or choose another file with ${option}.`,
  );
}

/** Which import this is: of an unchanged file, with the same settings. */
export function progressKey(file: string, settings: object): string {
  const { size, mtimeMs } = statSync(file);
  return createHash('sha256')
    .update(JSON.stringify([size, mtimeMs, settings]))
    .digest('base64url');
}

/** Returns the progress of an interrupted import, or `null`. */
export function readProgress<Counts>(path: string): Progress<Counts> | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Progress<Counts>;
  } catch {
    return null;
  }
}

/** Replaces the file as a whole, so that it is complete whenever the process is killed. */
export function writeProgress(path: string, progress: Progress<object>): void {
  writing(path, '--rejected', () => {
    writeFileSync(`${path}.new`, JSON.stringify(progress), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  });
}

export const removeProgress = (path: string): void => rmSync(path, { force: true });

/** @throws InputError that names the file */
function writing<Result>(path: string, option: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const advice = code === 'ENOSPC' ? 'free some space' : `choose another place with ${option}`;
    throw new InputError(`Cannot write ${path} (${code}): ${advice}.`);
  }
}
