import { clientNetwork, providerNetwork } from '../events/client-network.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { Applicant } from '../users/password-hasher.js';

/**
 * Somebody who has logged in to this account before, or is logged in: the account has its own turns among those of the
 * network, so that somebody with many accounts has no more turns than others.
 */
export function owner(userId: string, client: ClientInfo | undefined): Applicant {
  return { source: `user ${userId}`, networks: networksOf(client), priority: 'high' };
}

/**
 * Anybody else. Clients of one network share its turns: however many addresses somebody has in an IPv6 /48, they count
 * as one.
 */
export function stranger(client: ClientInfo | undefined, failedBefore: boolean): Applicant {
  const networks = networksOf(client);
  return { source: networks[1], networks, priority: failedBefore ? 'low' : 'normal' };
}

function networksOf(client: ClientInfo | undefined): [wide: string, narrow: string] {
  const ip = client?.ip ?? '';
  return [providerNetwork(ip), clientNetwork(ip, 48)];
}
