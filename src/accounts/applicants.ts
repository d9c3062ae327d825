import { clientNetwork } from '../events/client-network.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { Applicant } from '../users/password-hasher.js';

/** Somebody who has logged in to this account before, or is logged in: the account has its own turns. */
export function owner(userId: string): Applicant {
  return { source: `user ${userId}`, priority: 'high' };
}

/**
 * Anybody else. Clients of one network share its turns: however many addresses somebody has in an IPv6 /48, they count
 * as one.
 */
export function stranger(client: ClientInfo | undefined, failedBefore: boolean): Applicant {
  const source = client?.ip === undefined ? '' : clientNetwork(client.ip, 48);
  return { source, priority: failedBefore ? 'low' : 'normal' };
}
