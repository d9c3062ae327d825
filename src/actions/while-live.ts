import { TokenRevokedError } from '../errors/auth-errors.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { AccountStates } from './account-states.js';

/** Where sessions and the epochs of accounts are. */
export interface LivePlaces {
  sessions: Pick<SessionStore, 'isLive'>;
  states: Pick<AccountStates, 'of'>;
}

/** An account, and the session that asks for a change of it: none where something else has been proven. */
export interface LiveOwner {
  id: string;
  sessionId?: string | undefined;
}

/**
 * The epoch of an account whose session lives, whatever this instance has heard of its end. Whatever takes an account back,
 * such as a new password, ends sessions before it raises the epoch: a change that finds the epoch as it was here comes
 * before that, and dies with the rest.
 * @throws TokenRevokedError if the session has ended
 */
export async function epochWhileLive({ sessions, states }: LivePlaces, owner: LiveOwner): Promise<number> {
  // In this order: the session may end, and the epoch rise, in between.
  const { epoch } = await states.of(owner.id);
  const { sessionId } = owner;
  if (sessionId !== undefined && !(await sessions.isLive(sessionId))) throw new TokenRevokedError();
  return epoch;
}

/**
 * Changes an account only while the session lives that asks for it.
 * @param change is given the epoch, and returns `false` without a change if that is another one now: then it is called again
 * @throws TokenRevokedError if the session has ended
 */
export async function whileLive(
  places: LivePlaces,
  owner: LiveOwner,
  change: (epoch: number) => Promise<boolean>,
): Promise<void> {
  while (!(await change(await epochWhileLive(places, owner))));
}
