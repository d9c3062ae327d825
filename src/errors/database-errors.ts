import { UnavailableError } from '../errors/auth-errors.js';

/**
 * SQLSTATEs and system error codes that say "not now": connection lost or refused (08), out of connections, memory or
 * disk (53), shutting down or starting up (57P01-03), idle for too long (57P05), statement timeout (57014), a
 * read-only server (25006, a standby after a failover), and what the network says.
 */
const CODES =
  /^(?:08...|53...|57P0[1235]|57014|25006|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

/** The same from pg and TypeORM where they give no code: only the text tells. */
const MESSAGES =
  /^(?:Connection terminated|timeout expired$|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|Driver not Connected|Connection with \w+ database is not established|Cannot execute operation because connection is not yet established)/;

/**
 * Runs a database call. When it fails because the database is away, overloaded or cannot write now, the error becomes
 * an `UnavailableError` (503, try again in a second) with the original as its `cause`; every other error passes
 * untouched. A write that fails like this may have been committed all the same: callers must be safe to retry.
 */
export async function unavailableWhenDown<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (saysDown(error)) throw new UnavailableError({ cause: error, retryAfter: 1 });
    throw error;
  }
}

interface Failure {
  code?: unknown;
  message?: unknown;
  /** What the driver threw, where TypeORM wraps it. */
  driverError?: unknown;
  /** One for each address of a host name; such an error is thrown only once every address has failed. */
  errors?: unknown;
}

/** Looks at properties, not at classes: a host may bring another copy of TypeORM, and a test runner another `Error`. */
function saysDown(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, driverError, errors } = error as Failure;
  if (driverError) return saysDown(driverError);
  if (Array.isArray(errors) && errors.some(saysDown)) return true;
  // With a code the text is ignored: a RAISE in a trigger may say anything.
  return typeof code === 'string' ? CODES.test(code) : MESSAGES.test(String(message));
}
