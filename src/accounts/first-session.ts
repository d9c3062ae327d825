import type { LoginGate, Missing } from '../mfa/login-gate.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { StartedSession } from '../tokens/token-types.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { UserRecord } from '../users/user-store.js';
import type { AccountEvents } from './account-events.js';

/** @property gate given if there are second factors */
interface Parts {
  tokens: TokensService;
  events: AccountEvents;
  gate: LoginGate | undefined;
}

/**
 * Starts the session of a user who has just been created, unless a second factor is missing. The account exists whatever
 * happens here, so that is recorded in any case, once.
 */
export async function firstSession(
  user: UserRecord,
  { tokens, events, gate }: Parts,
  client?: ClientInfo,
): Promise<StartedSession | { missing: Missing }> {
  let sessionId: string | undefined;
  try {
    const missing = await gate?.missingFor(user, { client });
    if (missing) return { missing };
    const started = await tokens.startSession(user, client);
    sessionId = started.sessionId;
    return started;
  } finally {
    events.registered(user, client, sessionId);
  }
}
