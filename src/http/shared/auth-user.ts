import type { AccessTokenPayload } from '../../tokens/token-types.js';

/** Who makes a guarded request: what `@CurrentUser()` returns. Read from the access token, no database asked. */
export interface AuthUser {
  id: string;
  roles: string[];
  permissions: string[];
  sessionId: string;
  /** Everything the access token says, with the claims of your own hook. */
  claims: AccessTokenPayload;
}
