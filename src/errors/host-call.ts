import { InternalError, UnavailableError } from './auth-errors.js';

/** How long a part of the host may take to answer. */
const LIMIT_MS = 5_000;
const MAX_NAMED_MEMBERS = 10;

/** How a call to a part of the host is judged. */
export interface HostCall {
  /** Which part and which method, for the log. */
  name: string;
  /** What a right answer is, in words that follow "must return". */
  expected: string;
  fits(answer: unknown): boolean;
  /** Milliseconds; default 5000. */
  limit?: number;
  /** For a method that runs our own work: its errors are ours. */
  passesErrors?: boolean;
}

/**
 * Calls a part of the host and returns its answer, as a promise only if the part returned one. What the host's part
 * returns by mistake must not count as an answer, and what it never returns must not keep the request waiting. The
 * `cause` of the error, which is logged, says which part failed and how, without quoting values.
 * @throws InternalError when the part throws or returns something else; an `HttpException` of the host is rethrown
 * @throws UnavailableError when the part does not answer in time
 */
export function callHost<Answer>(
  call: HostCall,
  work: () => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  let answer: Answer | Promise<Answer>;
  try {
    answer = work();
  } catch (error) {
    throw failed(call, error);
  }
  if (!isThenable(answer)) return accepted(call, answer);
  return inTime(call, answer).then(
    (settled) => accepted(call, settled),
    (error: unknown) => {
      throw failed(call, error);
    },
  );
}

function accepted<Answer>(call: HostCall, answer: Answer): Answer {
  if (call.fits(answer)) return answer;
  throw misbehaved(`${call.name} returned ${described(answer)}, but must return ${call.expected}`);
}

/** A rejection that comes after the limit is handled by the race, and is not reported as unhandled. */
function inTime<Answer>({ name, limit = LIMIT_MS }: HostCall, answer: PromiseLike<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const cause = new Error(`${name} has not answered within ${limit / 1000} seconds`);
      reject(new UnavailableError({ cause, retryAfter: 1 }));
    }, limit);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

function failed({ name, passesErrors }: HostCall, error: unknown): unknown {
  if (passesErrors || isHttpException(error)) return error;
  return misbehaved(`${name} failed`, error);
}

function misbehaved(message: string, cause?: unknown): InternalError {
  return new InternalError({ cause: new Error(message, { cause }) });
}

/** Checks for the method, because the host may have another copy of Nest. */
export function isHttpException(error: unknown): boolean {
  return typeof (error as { getStatus?: unknown } | null | undefined)?.getStatus === 'function';
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Describes a value by its type and the names of its members: the values may be personal data. */
function described(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  const members = Object.keys(value).slice(0, MAX_NAMED_MEMBERS);
  return members.length > 0 ? `an object with ${members.join(', ')}` : 'an empty object';
}
