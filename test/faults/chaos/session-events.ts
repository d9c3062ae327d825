import type { Event } from '../support/history.js';
import { TIMED_OUT } from './caller.js';
import type { Operation } from './operation.js';

/** Operations that end sessions of an account, whichever they are sent in. */
const ENDS_ALL = new Set(['logout everywhere', 'change password', 'reset password', 'disable']);

/** The sessions that a person was told of, each with the operation that began it. */
export function sessionsOf(operations: readonly Operation[]): Map<string, Operation> {
  const begins = operations.filter(({ kind, session }) => session && (kind === 'login' || kind === 'register'));
  return new Map(begins.filter(({ outcome }) => outcome === 'done').map((begin) => [begin.session!, begin]));
}

/** What a person did and saw in one session, in the order in which it was seen; an end is asked for when it is sent. */
export function eventsOf(begin: Operation, operations: readonly Operation[]): Event[] {
  const timed: [at: number, event: Event][] = [];
  const add = (at: number, event: Event) => timed.push([at, event]);
  const { at, refresh, access } = begin;
  add(at, { kind: 'begun', at, refresh: refresh!, access: access! });
  const reused = reuseIn(begin, operations);
  for (const operation of operations) {
    const { sentAt } = operation;
    const own = operation.session === begin.session ? ownEvent(operation) : undefined;
    if (own) add(operation.at, own);
    const ends = reused.has(operation) || asksForTheEnd(operation, begin);
    if (ends && operation.outcome !== 'refused') add(sentAt, { kind: 'ending', sentAt });
    if (reused.has(operation) && operation.outcome === 'refused') add(sentAt, { kind: 'ending', sentAt });
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
  const isExpired = error === 'TOKEN_EXPIRED' && at >= expiresAt!;
  return isExpired ? undefined : { kind: 'stopped', sentAt, at, access: access!, error: error! };
}

/** Whether, if it happened, it has ended the session of another operation, or may have. */
function asksForTheEnd(operation: Operation, begin: Operation): boolean {
  const { kind, session, at, error } = operation;
  if (kind === 'logout') return session === begin.session;
  // It may still be in progress, and reach the database when its token has been replaced twice.
  if (kind === 'refresh') return session === begin.session && error === TIMED_OUT;
  return ENDS_ALL.has(kind) && session !== begin.session && begin.sentAt < at;
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

/** Presentations of a token after its successor was used, and those that the service called reuse. */
function reuseIn(begin: Operation, operations: readonly Operation[]): Set<Operation> {
  const refreshes = operations.filter(({ kind, session }) => kind === 'refresh' && session === begin.session);
  const found = new Set<Operation>();
  const successorOf = new Map<string, string>();
  const firstSent = new Map<string, number>();
  for (const each of refreshes) {
    if (each.outcome === 'done') successorOf.set(each.presented!, each.refresh!);
    firstSent.set(each.presented!, Math.min(each.sentAt, firstSent.get(each.presented!) ?? Infinity));
  }
  for (const each of refreshes) {
    const successor = successorOf.get(each.presented!);
    const usedAt = successor === undefined ? undefined : firstSent.get(successor);
    if ((usedAt ?? Infinity) < each.sentAt || each.error === 'REFRESH_TOKEN_REUSED') found.add(each);
  }
  return found;
}
