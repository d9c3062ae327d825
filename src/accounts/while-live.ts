import type { AccountStates } from '../actions/account-states.js';
import { TokenRevokedError } from '../errors/auth-errors.js';
import type { SessionStore } from '../sessions/session-store.js';

/** Where sessions and the epochs of accounts are. */
export interface LivePlaces {
  sessions: Pick<SessionStore, 'isLive'>;
  states: Pick<AccountStates, 'of'>;
}

/**
 * Changes an account only while the session lives that asks for it, whatever this instance has heard of its end. Whatever
 * takes an account back, such as a new password, ends sessions before it raises the epoch: a change that finds the epoch as
 * it was comes before that, and dies with the rest.
 * @param change is given the epoch, and returns `false` without a change if that is another one now: then it is called again
 * @throws TokenRevokedError if the session has ended
 */
export async function whileLive(
  { sessions, states }: LivePlaces,
  { id, sessionId }: { id: string; sessionId?: string | undefined },
  change: (epoch: number) => Promise<boolean>,
): Promise<void> {
  for (let isDone = false; !isDone;) {
    // In this order: the session may end, and the epoch rise, in between.
    const { epoch } = await states.of(id);
    if (sessionId !== undefined && !(await sessions.isLive(sessionId))) throw new TokenRevokedError();
    isDone = await change(epoch);
  }
}
