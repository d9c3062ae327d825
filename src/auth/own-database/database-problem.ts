import { explainPooler, OPTIONS, PoolerError } from '../../database/pooler-errors.js';
import type { OptionProblem } from '../../options/options-error.js';

interface Failure {
  code?: string;
  message?: string;
  /** One error per address of a host name. */
  errors?: Failure[];
}

/** What a server answers, and what to do about it, by SQLSTATE. */
const ADVICE: [code: RegExp, advice: (reason: string) => string][] = [
  [
    /^28/,
    (reason) =>
      `is refused by the server (${reason}): check the user and the password, and whether the server requires TLS`,
  ],
  [/^3D000$/, (reason) => `names a database that is not there (${reason}): create it, or correct the name`],
  [
    /^25006$/,
    (reason) =>
      `leads to no server that accepts writes (${reason}): name the one that does, or all servers of the cluster`,
  ],
  [
    /^(53|57P)/,
    (reason) => `leads to a server that cannot be used now (${reason}): start the app again when it can`,
  ],
  [
    /^(08|E[A-Z_]+$)/,
    (reason) =>
      `leads to no server (${reason}): check the host and the port, and that PostgreSQL is running and reachable`,
  ],
];

/**
 * Explains why the module's own database cannot be used, in one sentence that says what to do. Only the texts of the
 * server, of the operating system and of ours are quoted, which do not contain the URL.
 */
export function databaseProblem(error: unknown, schema: string): OptionProblem {
  const { code = '', message = '' } = rootOf(error as Failure);
  const reason = message || code;
  const pooler = error instanceof PoolerError ? message : explainPooler(error, OPTIONS);
  if (pooler) return { option: 'database.url', message: pooler };
  if (/^(Another process|A table that must be migrated)/.test(message))
    return { option: 'database', message: `waits in vain: ${message}` };
  if (code === '42501') return { option: 'database.schema', message: forbidden(reason, schema) };
  if (/exists already/.test(message)) return { option: 'database.schema', message: `is in use: ${message}` };
  return { option: 'database.url', message: adviceFor(code, reason) };
}

function adviceFor(code: string, reason: string): string {
  if (/password must be a string|empty password/.test(reason))
    return 'has no password, and the server requires one: postgres://user:password@host:5432/database';
  if (/certificate|SSL|TLS/i.test(`${code} ${reason}`))
    return `fails at TLS (${reason}): write sslmode=verify-full&sslrootcert=/path/to/ca.pem in it, or sslmode=disable without TLS`;
  const known = ADVICE.find(([codes]) => codes.test(code) || codes.test(networkCode(reason)));
  return known ? known[1](reason) : `cannot be used (${reason}): see what the server logged`;
}

/** The driver reports time limits and lost connections without a code. */
function networkCode(message: string): string {
  return /timeout|terminated/i.test(message) ? 'ETIMEDOUT' : '';
}

function forbidden(reason: string, schema: string): string {
  return (
    `cannot be used by this user (${reason}): as the owner of the database, run CREATE SCHEMA ` +
    `"${schema.replaceAll('"', '""')}" AUTHORIZATION <user>, or GRANT CREATE ON DATABASE <database> TO <user>`
  );
}

function rootOf(error: Failure): Failure {
  return error.message || !error.errors?.[0] ? error : error.errors[0];
}
