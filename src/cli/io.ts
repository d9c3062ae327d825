import type { Readable, Writable } from 'node:stream';

/** What a command line reads and writes. */
export interface Io {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  /** Those of the process unless given. */
  env?: NodeJS.ProcessEnv;
}
