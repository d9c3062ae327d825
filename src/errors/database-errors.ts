import { UnavailableError } from './auth-errors.js';

/**
 * SQLSTATEs and system error codes that mean "not now": connection lost or refused (08), out of connections, memory or
 * disk (53), shutting down or starting up (57P01-03), idle for too long (57P05, 25P03), statement timeout (57014), read-only
 * server (25006, a standby after a failover), and network errors.
 */
const CODES =
  /^(?:08...|53...|57P0[1235]|57014|25006|25P03|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

/** The same conditions reported by pg and TypeORM without a code: only the text identifies them. */
const MESSAGES =
  /^(?:Connection terminated|timeout expired$|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|Driver not Connected|Connection with \w+ database is not established|Cannot execute operation because connection is not yet established)/;

/** The call conflicted with another and was rolled back: serialization failure, deadlock, lock not available. */
const CONFLICTS = /^(?:40001|40P01|55P03)$/;
const MAX_RETRIES = 3;
/** No retry starts later than this after the first attempt: the caller needs an answer, even a negative one. */
const RETRY_WITHIN_MS = 1_000;
const RETRY_DELAY_MS = 30;

/**
 * Runs a database call: one statement, or a whole transaction. A call that was rolled back because of a conflict is
 * retried up to three times. When it fails because the database is unavailable, overloaded, read-only or too contended,
 * the error becomes an `UnavailableError` (503, retry after one second) with the original as its `cause`; any other
 * error is rethrown unchanged. A write that fails like this may still have been committed, so callers must be safe to
 * retry.
 */
export async function unavailableWhenDown<T>(call: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + RETRY_WITHIN_MS;
  for (let retries = 0; ; retries++) {
    try {
      return await call();
    } catch (error) {
      const conflict = says(CONFLICTS, error);
      if (conflict && retries < MAX_RETRIES && performance.now() < deadline) await jitter(retries);
      else if (conflict || saysDown(error)) throw new UnavailableError({ cause: error, retryAfter: 1 });
      else throw error;
    }
  }
}

/** Whether there is no space left on the disk of the server: unlike its siblings, that does not pass by itself. */
export function isDiskFull(error: unknown): boolean {
  return says(/^53100$/, error);
}

/** No free connection, here or at the server, or a statement that was waited for too long. */
const BUSY = { codes: /^(?:53300|57014|55P03)$/, messages: /^timeout exceeded when trying to connect/ };

/** Whether the database, or the pool of this process, has too much to do: it has not gone away. */
export function isBusy(error: unknown): boolean {
  return says(BUSY.codes, error, BUSY.messages);
}

/** Whether a call was rolled back because of another one. */
export function isConflict(error: unknown): boolean {
  return says(CONFLICTS, error);
}

/** Whether {@link unavailableWhenDown} retries after such an error, or turns it into an `UnavailableError`. */
export function isTransient(error: unknown): boolean {
  return says(CONFLICTS, error) || saysDown(error);
}

/** Waits a random time that grows with each retry, so that the calls that conflicted do not conflict again. */
function jitter(retries: number): Promise<void> {
  const ms = Math.random() * RETRY_DELAY_MS * 2 ** retries;
  return new Promise((resolve) => setTimeout(resolve, ms));
}

interface Failure {
  code?: unknown;
  message?: unknown;
  /** The driver's error, where TypeORM wraps it. */
  driverError?: unknown;
  /** One error per address of a host name; such an error is thrown only after every address has failed. */
  errors?: unknown;
}

function saysDown(error: unknown): boolean {
  return says(CODES, error, MESSAGES);
}

/** Checks properties, not classes: a host may have another copy of TypeORM, and a test runner another `Error`. */
function says(codes: RegExp, error: unknown, messages?: RegExp): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, driverError, errors } = error as Failure;
  if (driverError) return says(codes, driverError, messages);
  if (Array.isArray(errors) && errors.some((each) => says(codes, each, messages))) return true;
  // If there is a code, the text is ignored: a RAISE in a trigger may contain any text.
  return typeof code === 'string' ? codes.test(code) : (messages?.test(String(message)) ?? false);
}
