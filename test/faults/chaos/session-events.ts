import type { Event } from '../support/history.js';
import { TIMED_OUT } from './caller.js';
import type { Operation } from './operation.js';

/** How long a request may still be in progress after its client has given up. */
const LATE_MS = 30_000;
const BEGINS = new Set(['register', 'login', 'second factor']);
/** Operations that end sessions of an account, whichever they are sent in. */
const ENDS_ALL = new Set(['logout everywhere', 'change password', 'reset password', 'disable', 'add factor']);

/** The sessions that a person was told of, each with the operation that began it. */
export function sessionsOf(operations: readonly Operation[]): Map<string, Operation> {
  const begins = operations.filter(({ kind, session }) => session !== undefined && BEGINS.has(kind));
  return new Map(begins.filter(({ outcome }) => outcome === 'done').map((begin) => [begin.session!, begin]));
}

/** What a person did and saw in one session, in the order in which it was seen; an end is asked for when it is sent. */
export function eventsOf(begin: Operation, operations: readonly Operation[], leewayMs: number): Event[] {
  const timed: [at: number, event: Event][] = [];
  const add = (at: number, event: Event) => timed.push([at, event]);
  const { at, refresh, access } = begin;
  add(at, { kind: 'begun', at, refresh: refresh!, access: access! });
  const reused = reuseIn(begin, operations, leewayMs);
  for (const operation of operations) {
    const { sentAt } = operation;
    const own = operation.session === begin.session ? ownEvent(operation) : undefined;
    if (own) add(operation.at, own);
    const isReuse = reused.has(operation);
    const ends = isReuse || asksForTheEnd(operation, begin);
    if (isReuse || (ends && operation.outcome !== 'refused')) add(sentAt, { kind: 'ending', sentAt });
    const endedAt = ends ? endOf(operation, begin, reused) : undefined;
    if (endedAt !== undefined) add(endedAt, { kind: 'ended', at: endedAt });
  }
  return timed.sort(([a], [b]) => a - b).map(([, event]) => event);
}

function ownEvent(operation: Operation): Event | undefined {
  const { kind, outcome, sentAt, at, presented, refresh, access, error, expiresAt } = operation;
  if (kind === 'refresh') {
    const times = { sentAt, at, presented: presented! };
    if (outcome === 'done') return { kind: 'refreshed', ...times, refresh: refresh!, access: access! };
    if (outcome === 'refused') return { kind: 'refused', ...times, error: error! };
    return { kind: 'unanswered', ...times, why: error! };
  }
  if (kind !== 'visit' || outcome === 'unknown') return undefined;
  if (outcome === 'done') return { kind: 'passed', sentAt, at, access: access! };
  // Its key may be gone by then.
  const isExpired = ['TOKEN_EXPIRED', 'INVALID_TOKEN'].includes(error!) && at >= expiresAt!;
  return isExpired ? undefined : { kind: 'stopped', sentAt, at, access: access!, error: error! };
}

/** Whether, if it happened, it has ended the session of another operation, or may have. */
function asksForTheEnd(operation: Operation, begin: Operation): boolean {
  const { kind, session, at, error } = operation;
  if (kind === 'logout') return session === begin.session;
  // It may still be in progress, and reach the database when its token has been replaced twice.
  if (kind === 'refresh') return session === begin.session && error === TIMED_OUT;
  if (kind === 'add factor' && operation.code === undefined) return false;
  const reaches = error === TIMED_OUT ? at + LATE_MS : at;
  return ENDS_ALL.has(kind) && session !== begin.session && begin.sentAt < reaches;
}

/** When the end was certain. */
function endOf(operation: Operation, begin: Operation, reused: Set<Operation>): number | undefined {
  const { outcome, sentAt, at, password, kind } = operation;
  if (reused.has(operation)) return outcome === 'refused' ? at : undefined;
  if (outcome !== 'done') return undefined;
  if (kind === 'logout' || begin.at <= sentAt) return at;
  // A login at the same time as a new password: with the old one, it does not last.
  const isWithOldPassword = password !== undefined && begin.password !== password;
  return isWithOldPassword ? Math.max(at, begin.at) : undefined;
}

/**
 * Presentations of a token after its successor was used, those that come so late that they may look like it, because an
 * earlier one was not answered, and those that the service called reuse.
 */
function reuseIn(begin: Operation, operations: readonly Operation[], leewayMs: number): Set<Operation> {
  const refreshes = operations.filter(({ kind, session }) => kind === 'refresh' && session === begin.session);
  const successorOf = new Map<string, string>();
  const firstSent = new Map<string, number>();
  for (const { outcome, presented, refresh, sentAt } of refreshes) {
    if (outcome === 'done') successorOf.set(presented!, refresh!);
    firstSent.set(presented!, Math.min(sentAt, firstSent.get(presented!) ?? Infinity));
  }
  return new Set(
    refreshes.filter(({ presented, sentAt, at, outcome, error }) => {
      const usedAt = firstSent.get(successorOf.get(presented!) ?? '') ?? Infinity;
      const isLate = outcome !== 'done' && at - firstSent.get(presented!)! >= leewayMs;
      return usedAt < sentAt || isLate || error === 'REFRESH_TOKEN_REUSED';
    }),
  );
}
