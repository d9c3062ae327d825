import type { Readable, Writable } from 'node:stream';

/** The input, output and environment of the command line. */
export interface Io {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  /** Default: those of the process. */
  env?: NodeJS.ProcessEnv;
  /** The folder in which it runs. Default: that of the process. */
  cwd?: string;
}
