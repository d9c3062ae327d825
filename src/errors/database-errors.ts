import { UnavailableError } from './auth-errors.js';

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

/** The call stood in the way of another and was rolled back: serialization failure, deadlock, lock not to be had. */
const CONFLICTS = /^(?:40001|40P01|55P03)$/;
const MAX_RETRIES = 3;
/** No retry begins later than this after the first attempt: the caller wants an answer, be it a no. */
const RETRY_WITHIN_MS = 1_000;
const RETRY_DELAY_MS = 30;

/**
 * Runs a database call: one statement, or a whole transaction. One that was rolled back because it stood in another's way
 * is made again, up to three times. When it fails because the database is away, overloaded, cannot write now or is too
 * contended, the error becomes an `UnavailableError` (503, try again in a second) with the original as its `cause`; every
 * other error passes untouched. A write that fails like this may have been committed all the same: callers must be safe
 * to retry.
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

/** Those who met must not meet again: each waits a time of its own, longer each time. */
function jitter(retries: number): Promise<void> {
  const ms = Math.random() * RETRY_DELAY_MS * 2 ** retries;
  return new Promise((resolve) => setTimeout(resolve, ms));
}

interface Failure {
  code?: unknown;
  message?: unknown;
  /** What the driver threw, where TypeORM wraps it. */
  driverError?: unknown;
  /** One for each address of a host name; such an error is thrown only once every address has failed. */
  errors?: unknown;
}

function saysDown(error: unknown): boolean {
  return says(CODES, error, MESSAGES);
}

/** Looks at properties, not at classes: a host may bring another copy of TypeORM, and a test runner another `Error`. */
function says(codes: RegExp, error: unknown, messages?: RegExp): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, driverError, errors } = error as Failure;
  if (driverError) return says(codes, driverError, messages);
  if (Array.isArray(errors) && errors.some((each) => says(codes, each, messages))) return true;
  // With a code the text is ignored: a RAISE in a trigger may say anything.
  return typeof code === 'string' ? codes.test(code) : (messages?.test(String(message)) ?? false);
}
