import { randomUUID } from 'node:crypto';

/** What a token of Latchkey says. Those of others say the same here: how long a token is counts for all who read it. */
export const sameClaims = () => ({
  iss: 'latchkey',
  sub: randomUUID(),
  aud: 'latchkey',
  jti: randomUUID(),
  sid: randomUUID(),
  type: 'access',
  roles: [],
  permissions: [],
  auth_time: Math.floor(Date.now() / 1000),
});
