import { accessSync, constants } from 'node:fs';
import { readServerUrl, ServerUrlError } from './server-url.js';

const FILES = ['sslrootcert', 'sslcert', 'sslkey'];

/** What is wrong with a database URL and how to fix it, or `undefined`. Never contains the URL. */
export function databaseUrlProblem(text: string): string | undefined {
  try {
    const { searchParams } = new URL(readServerUrl(text).url);
    const unreadable = FILES.find((name) => searchParams.has(name) && !mayRead(searchParams.get(name)!));
    return unreadable && `names a file that cannot be read: ${unreadable}`;
  } catch (error) {
    if (error instanceof ServerUrlError) return error.message;
    throw error;
  }
}

/** Parameters that a pooler in transaction mode refuses, or gives to other connections as well. */
const OF_A_SESSION = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];

/** The first parameter of a database URL that cannot work with a pooler in transaction mode. */
export function parameterOfSession(url = ''): string | undefined {
  if (databaseUrlProblem(url)) return undefined;
  const { searchParams } = new URL(readServerUrl(url).url);
  return OF_A_SESSION.find((name) => searchParams.has(name));
}

function mayRead(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
