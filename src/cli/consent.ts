import { createInterface } from 'node:readline/promises';
import type { Io } from './io.js';

/** Asks for a yes on the terminal. Without a terminal, nobody can give it: false. */
export async function askForConsent({ stdin, stderr }: Io, what: string): Promise<boolean> {
  if (!(stdin as { isTTY?: boolean }).isTTY) return false;
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${what} Continue? [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
