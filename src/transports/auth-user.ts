import type { AccessTokenPayload } from '../tokens/token-types.js';

/** The user who makes a guarded request, as `@CurrentUser()` returns it. Read from the token, not from the database. */
export interface AuthUser {
  id: string;
  roles: string[];
  permissions: string[];
  sessionId: string;
  /** All claims of the access token, including those from your claims hook. */
  claims: AccessTokenPayload;
}
