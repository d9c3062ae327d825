import type { Rules, State, Step } from './state.js';
import { isExpired, isPastAbsoluteLimit, type Token, worthOf } from './session-row.js';

/** Judges one step from `before`; the statements are those of the model, so that a fault in them is noticed. */
type Predicate = (step: Step, before: State, rules: Rules) => boolean;

export interface Invariant {
  /** In the words of `docs/reliability.md`. */
  promise: string;
  holds: Predicate;
}

export const INVARIANTS: Record<string, Invariant> = {
  I1: {
    promise: 'A session has at most one live refresh token, in every committed state of the table.',
    holds: ({ after }, _, rules) =>
      worths(after, rules).filter(([, worth]) => worth === 'rotated').length <= 1,
  },
  I2: {
    promise: 'a client that sends its last acknowledged token again within `REFRESH_LEEWAY` continues',
    holds: ({ after, happening }, before, rules) =>
      (happening?.kind !== 'refused' && happening?.kind !== 'ended') || happening.request.by !== 'owner'
        ? ownerContinues(after, rules)
        : ownerContinues(before, rules),
  },
  I3: {
    promise: 'Nothing revoked is accepted after the bound below.',
    holds: (step, before, rules) =>
      acceptsNothingEnded(step) &&
      staysEnded(step, before) &&
      endIsKnown(step, before) &&
      endRefuses(step, rules),
  },
  I4: {
    promise: 'A failed call has changed nothing, or can be retried: a `503` never costs a session.',
    holds: ({ after: { database, knows, lost } }) =>
      !knows.includes(true) || lost || database.row === null || database.row.ended,
  },
  I5: {
    promise: 'A refresh token is exchanged for one successor, whichever instances it is sent to.',
    holds: ({ after: { tokens, lost } }) =>
      lost || new Set(tokens.map(({ parent }) => parent)).size === tokens.length,
  },
  I6: {
    promise: "Evidence of reuse is kept until the session's absolute end, through restarts and cleanups.",
    holds: ({ after }, before, rules) =>
      isDeletedInTime(before, after) &&
      worths(after, rules).every(([token, worth]) => isRecognized(after, token, worth)),
  },
};

/** Promises about seconds and about the process itself, which the model does not have: see the tests of faults. */
export const LEFT_OUT = ['I7', 'I10'];

export function brokenBy(before: State, step: Step, rules: Rules): string[] {
  return Object.entries(INVARIANTS).flatMap(([id, { holds }]) => (holds(step, before, rules) ? [] : [id]));
}

/** What each token that was ever issued is worth now. */
function worths({ tokens, database }: State, { statements }: Rules) {
  return tokens.map((_, index) => [index + 1, worthOf(statements, database.row, index + 1)] as const);
}

/** Unless somebody else took part: another user of the token, a logout, an administrator, a failover that lost something. */
function ownerContinues(
  { owner, database, tokens, undisturbed, lost }: State,
  { statements }: Rules,
): boolean {
  if (owner === null || !undisturbed || lost) return true;
  if (tokens[owner - 1]!.late || database.row === null || isExpired(database.row)) return true;
  return ['rotated', 'replayed'].includes(worthOf(statements, database.row, owner));
}

function acceptsNothingEnded({ after: { lost }, happening }: Step): boolean {
  if (happening?.kind !== 'accepted') return true;
  const { endKnownBy } = happening.request;
  return endKnownBy === null || (endKnownBy === 'database' && lost);
}

function staysEnded({ after, happening }: Step, { database }: State): boolean {
  if (happening?.kind === 'failed-over' || !database.row?.ended) return true;
  return after.database.row === null || after.database.row.ended;
}

/** By the instance that answered, by one that has read, by one that has just started, and by whoever knew it. */
function endIsKnown({ after, happening }: Step, before: State): boolean {
  const restarted = happening?.kind === 'restarted' ? happening.at : undefined;
  if ([0, 1].some((at) => at !== restarted && before.knows[at] && !after.knows[at])) return false;
  const { row } = after.database;
  if (happening?.kind === 'ended')
    return after.knows[happening.request.at] && (after.lost || row === null || row.ended);
  if (happening?.kind === 'read' || happening?.kind === 'restarted')
    return after.knows[happening.at] || !row?.ended;
  return true;
}

function endRefuses({ after }: Step, rules: Rules): boolean {
  if (!after.database.row?.ended) return true;
  return worths(after, rules).every(([, worth]) => worth !== 'rotated' && worth !== 'replayed');
}

function isDeletedInTime({ database: { row } }: State, { database }: State): boolean {
  return row === null || database.row !== null || isPastAbsoluteLimit(row);
}

/** Nobody gets anything for a token that was replaced longer ago than the leeway. */
function isRecognized({ tokens, lost }: State, token: Token, worth: string): boolean {
  return lost || !tokens[token - 1]!.late || (worth !== 'rotated' && worth !== 'replayed');
}
