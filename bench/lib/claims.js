import { randomUUID } from 'node:crypto';

/**
 * The claims of a Latchkey token. The others' tokens carry the same, because a token's length affects every verifier.
 */
export const sameClaims = () => ({
  iss: 'latchkey',
  sub: randomUUID(),
  aud: 'latchkey',
  jti: randomUUID(),
  sid: randomUUID(),
  client_id: 'latchkey',
  type: 'access',
  roles: [],
  permissions: [],
  auth_time: Math.floor(Date.now() / 1000),
});
