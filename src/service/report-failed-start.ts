import { explainPooler } from '../database/pooler-errors.js';
import { AuthOptionsError } from '../index.js';
import { explainOptions } from '../settings/option-problems.js';

/**
 * Prints why the service cannot start and how to fix it, without a stack trace if the cause is known. Exits with code
 * 1.
 */
export function reportFailedStart(error: unknown): never {
  console.error(`\n${explainFailedStart(error)}\n`);
  process.exit(1);
}

const ADVICE: Record<string, string> = {
  ECONNREFUSED: 'The database does not answer: check DATABASE_URL, and that PostgreSQL is running.',
  ENOTFOUND: 'The host in DATABASE_URL is unknown.',
  '25006':
    'The database is read-only, perhaps a standby: name the server that accepts writes in DATABASE_URL, or all servers of the cluster.',
  '28P01': 'PostgreSQL rejects the user or password in DATABASE_URL.',
  '3D000': 'The database in DATABASE_URL does not exist: create it first.',
};

/** What the driver says of a server that stops answering, without a code. */
const SILENCE = /^(?:timeout expired|Query read timeout|Connection terminated)/;

export function explainFailedStart(error: unknown): string {
  if (error instanceof AuthOptionsError) return explainOptions(error);
  const { code, message, stack, name, severity } = error as Error & { code?: string; severity?: string };
  const pooler = explainPooler(error);
  if (pooler) return pooler;
  // A hook that needed the database, which has stopped answering meanwhile.
  const { cause } = error as Error;
  if (name === 'UnavailableError' && cause instanceof Error)
    return `${cause.message}\n${ADVICE.ECONNREFUSED}`;
  const refused = severity === 'FATAL' ? 'PostgreSQL rejects the connection: check DATABASE_URL.' : undefined;
  const advice = (code && ADVICE[code]) || refused;
  if (advice) return `${message || code}\n${advice}`;
  if (SILENCE.test(message)) return `${message}\n${ADVICE.ECONNREFUSED}`;
  return ['ConfigurationError', 'Error'].includes(name) ? message : (stack ?? String(error));
}
