import { brokenPromises } from '../support/history.js';
import { TIMED_OUT } from './caller.js';
import type { Operation, Strike } from './operation.js';
import { brokenPasswords } from './passwords.js';
import { brokenFactors } from './second-factors.js';
import { eventsOf, sessionsOf } from './session-events.js';

export interface Bounds {
  leewayMs: number;
  /** How long an instance that has lost the database goes on with what it knows. */
  stalenessMs: number;
  /** How much clocks may differ when an access token's expiry is judged. */
  toleranceMs: number;
}

/** Each instance reads revocations every second. */
const READ_MS = 1_000;
/** For what a busy machine adds to any time. */
const BUSY_MS = 1_000;
/**
 * How long an instance may not know the time after its clock was set. libfaketime takes up to two seconds to notice that it
 * was (measured), as long as a question to PostgreSQL that was asked too early, and the instance looks every second.
 */
const UNKNOWN_TIME_MS = 2_000 + 1_000 + BUSY_MS;

const FINAL = ['INVALID_REFRESH_TOKEN', 'REFRESH_TOKEN_EXPIRED', 'REFRESH_TOKEN_REUSED', 'TOKEN_REVOKED'];
const DEAD_ACCESS = ['TOKEN_EXPIRED', 'TOKEN_REVOKED', 'INVALID_TOKEN'];
/** What each request may be refused with. */
const REFUSALS: Partial<Record<Operation['kind'], string[]>> = {
  register: ['EMAIL_TAKEN'],
  login: ['INVALID_CREDENTIALS', 'MFA_REQUIRED'],
  'add factor': [...DEAD_ACCESS, 'STEP_UP_REQUIRED'],
  'second factor': ['INVALID_CODE', 'INVALID_CREDENTIALS', 'ACTION_TOKEN_INVALID'],
  refresh: FINAL,
  visit: DEAD_ACCESS,
  'logout everywhere': DEAD_ACCESS,
  'change password': ['INVALID_CREDENTIALS', ...DEAD_ACCESS],
  'reset password': ['ACTION_TOKEN_INVALID'],
};

/**
 * The promises of docs/reliability.md that the operations of one person break.
 * @param isOver whether nothing more comes: before, an answer may still be missing
 */
export function brokenBy(
  all: readonly Operation[],
  strikes: readonly Strike[],
  bounds: Bounds,
  isOver: boolean,
): string[] {
  const { leewayMs, stalenessMs } = bounds;
  const operations = all.filter((operation) => !isOfUncertainTime(operation, strikes));
  const sessions = [...sessionsOf(operations)].flatMap(([sid, begin]) => {
    const events = eventsOf(begin, operations, leewayMs);
    const own = operations.filter(({ session }) => session === sid);
    const endedAt = events.find((event) => event.kind === 'ended')?.at;
    return [
      ...brokenPromises(events, { leewayMs, boundMs: stalenessMs + BUSY_MS }).filter(
        (what) => isOver || !what.includes('ends without an answer'),
      ),
      ...(endedAt === undefined ? [] : lateInCalm(own, endedAt, strikes)),
      ...heardByItself(own),
      ...falseAlarms(own, leewayMs),
    ].map((what) => `session ${sid}: ${what}`);
  });
  return [
    ...sessions,
    ...brokenPasswords(operations),
    ...brokenFactors(operations),
    ...operations.flatMap((operation) => brokenAnswer(operation, strikes, bounds)),
  ];
}

/**
 * An instance whose clock has just been set forward does not know yet that it was not asleep, and lets tokens expire until
 * PostgreSQL has told it the time.
 */
function isOfUncertainTime({ kind, error, sentAt, at }: Operation, strikes: readonly Strike[]): boolean {
  if (kind !== 'visit' || error !== 'TOKEN_EXPIRED') return false;
  return strikes.some(
    (strike) => strike.setsClock && strike.from <= at && knowsTheTime(strike, strikes) >= sentAt,
  );
}

/** When an instance has surely asked for the time after its clock was set: something else may have kept it from that. */
function knowsTheTime({ to = Infinity }: Strike, strikes: readonly Strike[]): number {
  return strikes
    .filter(({ keepsFromDatabase }) => keepsFromDatabase)
    .toSorted((a, b) => a.from - b.from)
    .reduce(
      (until, other) =>
        other.from <= until && (other.to ?? Infinity) >= to
          ? Math.max(until, (other.to ?? Infinity) + UNKNOWN_TIME_MS)
          : until,
      to + UNKNOWN_TIME_MS,
    );
}

const passes = ({ kind, outcome }: Operation) => kind === 'visit' && outcome === 'done';

/** While nothing is broken, the others know of an end as soon as they have read it. */
function lateInCalm(own: Operation[], endedAt: number, strikes: readonly Strike[]): string[] {
  const isCalm = (from: number, until: number) =>
    strikes.every((strike) => strike.from > until || (strike.to ?? Infinity) < from);
  return own
    .filter((visit) => passes(visit) && visit.sentAt > endedAt + READ_MS + BUSY_MS)
    .filter((visit) => isCalm(endedAt - READ_MS, visit.at))
    .map(({ sentAt, to }) => `${sentAt - endedAt} ms after the end and without a fault, ${to} let it pass`);
}

/** The instance that has ended a session knows it. */
function heardByItself(own: Operation[]): string[] {
  return own
    .filter(({ kind, outcome, to }) => kind === 'logout' && outcome === 'done' && to !== 'gateway')
    .flatMap(({ to, at }) =>
      own
        .filter((visit) => passes(visit) && visit.to === to && visit.sentAt > at)
        .map(({ sentAt }) => `${to} let it pass ${sentAt - at} ms after it had ended it`),
    );
}

/** A token that comes again soon, while nobody has used its successor, is no reuse. */
function falseAlarms(own: Operation[], leewayMs: number): string[] {
  const refreshes = own.filter(({ kind }) => kind === 'refresh');
  return refreshes
    .filter(({ error }) => error === 'REFRESH_TOKEN_REUSED')
    .filter(({ presented, at }) => {
      const same = refreshes.filter((each) => each.presented === presented);
      const successors = new Set(same.map(({ refresh }) => refresh));
      const isUsed = refreshes.some((each) => successors.has(each.presented) && each.sentAt <= at);
      return !isUsed && at - Math.min(...same.map(({ sentAt }) => sentAt)) < leewayMs;
    })
    .map(() => 'a token that was sent again within the leeway counted as reuse');
}

function brokenAnswer(operation: Operation, strikes: readonly Strike[], { toleranceMs }: Bounds): string[] {
  const { kind, to, outcome, error, sentAt, at, expiresAt } = operation;
  const broken: string[] = [];
  if (error === 'INTERNAL_ERROR' || error === 'status 500') broken.push('had an internal error');
  if (outcome === 'refused' && !REFUSALS[kind]?.includes(error!)) broken.push(`was refused with ${error}`);
  if (passes(operation) && sentAt > expiresAt! + toleranceMs + BUSY_MS)
    broken.push(`passed ${sentAt - expiresAt!} ms after the token had expired`);
  const isHeld = strikes.some((strike) => strike.holds && strike.from <= at && (strike.to ?? at) >= sentAt);
  if (error === TIMED_OUT && !isHeld) broken.push(`had no answer after ${at - sentAt} ms`);
  return broken.map((what) => `${kind} on ${to}, sent at ${new Date(sentAt).toISOString()}, ${what}`);
}
