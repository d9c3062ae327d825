import { ResourceClient } from '../clients/resource-client.entity.js';
import { AuditEvent } from '../events/audit-event.entity.js';
import { StoredRevocation } from '../revocation/revocation.entity.js';
import { StoredSigningKey } from '../keys/signing-key.entity.js';
import { RefreshToken } from '../sessions/refresh-token.entity.js';
import { LoginAttempt } from '../users/login-attempt.entity.js';
import { User } from '../users/user.entity.js';
import { CreateUsers1764000000000 } from '../database/migrations/1764000000000-create-users.js';
import { CreateRefreshTokens1764000000001 } from '../database/migrations/1764000000001-create-refresh-tokens.js';
import { CreateSigningKeys1764000000002 } from '../database/migrations/1764000000002-create-signing-keys.js';
import { CreateResourceClients1764000000003 } from '../database/migrations/1764000000003-create-resource-clients.js';
import { CreateRevocations1764000000004 } from '../database/migrations/1764000000004-create-revocations.js';
import { CreateLoginAttempts1764000000006 } from '../database/migrations/1764000000006-create-login-attempts.js';
import { CountAuthEvents1764000000010 } from '../database/migrations/1764000000010-count-auth-events.js';
import { CreateAuthEvents1764000000005 } from '../database/migrations/1764000000005-create-auth-events.js';

/** The entities of `AuthModule`: spread them into the `entities` of your data source. */
export const authEntities = [
  User,
  RefreshToken,
  StoredSigningKey,
  ResourceClient,
  StoredRevocation,
  LoginAttempt,
  AuditEvent,
];

/**
 * The migrations of the entities, oldest first: spread them into the `migrations` of your data source, and run them
 * before the app starts.
 */
export const authMigrations = [
  CreateUsers1764000000000,
  CreateRefreshTokens1764000000001,
  CreateSigningKeys1764000000002,
  CreateResourceClients1764000000003,
  CreateRevocations1764000000004,
  CreateAuthEvents1764000000005,
  CreateLoginAttempts1764000000006,
  CountAuthEvents1764000000010,
];
