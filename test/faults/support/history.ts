/** What one client saw of one session, in that order. Times are in milliseconds. */
export type Event =
  | { kind: 'begun'; at: number; refresh: string; access: string }
  | { kind: 'refreshed'; sentAt: number; at: number; presented: string; refresh: string; access: string }
  /** The service's statement that this refresh token is invalid. */
  | { kind: 'refused'; sentAt: number; at: number; presented: string; error: string }
  /** No answer, or an inconclusive one (503). */
  | { kind: 'unanswered'; sentAt: number; at: number; presented: string; why: string }
  /** The session's end was requested; without an answer it may or may not have happened. */
  | { kind: 'ending'; sentAt: number }
  | { kind: 'ended'; at: number }
  /** A guarded route accepted the access token, or refused it. */
  | { kind: 'passed'; sentAt: number; at: number; access: string }
  | { kind: 'stopped'; sentAt: number; at: number; access: string; error: string };

export interface Promises {
  /** How long the predecessor of an unused token may be sent again. */
  leewayMs: number;
  /** How long an access token may pass after its session's end was acknowledged. */
  boundMs: number;
}

/** The promises of docs/reliability.md that a session's history breaks; empty if it breaks none. */
export function brokenPromises(events: readonly Event[], promises: Promises): string[] {
  return [
    ...lostSessions(events, promises),
    ...lateAcceptances(events, promises),
    ...secondSuccessors(events),
    ...revivedTokens(events),
    ...unsettled(events),
  ];
}

const asksForTheEnd = (event: Event) => event.kind === 'ending' || event.kind === 'ended';

/** A client that has its last acknowledged token, or sent it within the leeway, can continue. */
function lostSessions(events: readonly Event[], { leewayMs }: Promises): string[] {
  const broken: string[] = [];
  let current: string | undefined;
  const firstSent = new Map<string, number>();
  for (const event of events) {
    if (asksForTheEnd(event)) return broken;
    if (event.kind === 'begun') current = event.refresh;
    if ('presented' in event && !firstSent.has(event.presented)) firstSent.set(event.presented, event.sentAt);
    if (event.kind === 'refreshed') current = event.refresh;
    if (event.kind === 'stopped') broken.push(`a live session's access token was refused (${event.error})`);
    if (event.kind !== 'refused' || event.presented !== current) continue;
    const waited = event.at - firstSent.get(event.presented)!;
    if (waited < leewayMs)
      broken.push(`the last acknowledged token was refused after ${waited} ms (${event.error})`);
  }
  return broken;
}

/** Nothing of an ended session passes after the bound, and its refresh token not even once. */
function lateAcceptances(events: readonly Event[], { boundMs }: Promises): string[] {
  const endedAt = events.find((event) => event.kind === 'ended')?.at ?? Infinity;
  return events.flatMap((event) => {
    if (event.kind === 'refreshed' && event.sentAt > endedAt)
      return [`a refresh succeeded ${event.sentAt - endedAt} ms after the end of its session`];
    if (event.kind === 'passed' && event.sentAt > endedAt + boundMs)
      return [`an access token passed ${event.sentAt - endedAt} ms after the end of its session`];
    return [];
  });
}

/** A refresh token is exchanged for one successor, however often it is sent. */
function secondSuccessors(events: readonly Event[]): string[] {
  const successorOf = new Map<string, string>();
  return events.flatMap((event) => {
    if (event.kind !== 'refreshed') return [];
    const known = successorOf.get(event.presented) ?? event.refresh;
    successorOf.set(event.presented, known);
    return known === event.refresh ? [] : ['one refresh token had two successors'];
  });
}

/** From a client's view: once a token's successor has been used, the token is invalid. */
function revivedTokens(events: readonly Event[]): string[] {
  const used = new Set<string>();
  const predecessorOf = new Map<string, string>();
  return events.flatMap((event) => {
    if (event.kind !== 'refreshed') return [];
    const broken = used.has(event.presented) ? ['a token lived although its successor was used'] : [];
    const predecessor = predecessorOf.get(event.presented);
    if (predecessor) used.add(predecessor);
    predecessorOf.set(event.refresh, event.presented);
    return broken;
  });
}

/** A history that ends while it waits for an answer proves nothing. */
function unsettled(events: readonly Event[]): string[] {
  if (events.some(asksForTheEnd)) return [];
  return events.at(-1)?.kind === 'unanswered' ? ['the history ends without an answer'] : [];
}
