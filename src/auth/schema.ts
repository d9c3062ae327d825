import type { MigrationInterface } from 'typeorm';
import { StoredAccount } from '../actions/account.entity.js';
import { StoredAction } from '../actions/action.entity.js';
import { ResourceClient } from '../clients/resource-client.entity.js';
import { StoredInstance } from '../instances/instance.entity.js';
import { StoredLease } from '../database/lease.entity.js';
import { AuditDeadLetter } from '../events/audit-dead-letter.entity.js';
import { AuditEvent } from '../events/audit-event.entity.js';
import { AuditReceiver } from '../events/audit-receiver.entity.js';
import { StoredRevocation } from '../revocation/revocation.entity.js';
import { StoredSigningKey } from '../keys/signing-key.entity.js';
import { RefreshToken } from '../sessions/refresh-token.entity.js';
import { LoginAttempt } from '../users/login-attempt.entity.js';
import { StoredPasskey } from '../passkeys/passkey.entity.js';
import { StoredFactor } from '../mfa/factor.entity.js';
import { StoredTrustedDevice } from '../mfa/trusted-device.entity.js';
import { StoredMail } from '../mail/mail.entity.js';
import { User, type UserClass } from '../users/user.entity.js';
import { CreateUsers1764000000000 } from '../database/migrations/1764000000000-create-users.js';
import { CreateRefreshTokens1764000000001 } from '../database/migrations/1764000000001-create-refresh-tokens.js';
import { CreateSigningKeys1764000000002 } from '../database/migrations/1764000000002-create-signing-keys.js';
import { CreateResourceClients1764000000003 } from '../database/migrations/1764000000003-create-resource-clients.js';
import { CreateRevocations1764000000004 } from '../database/migrations/1764000000004-create-revocations.js';
import { CreateLoginAttempts1764000000006 } from '../database/migrations/1764000000006-create-login-attempts.js';
import { CountAuthEvents1764000000010 } from '../database/migrations/1764000000010-count-auth-events.js';
import { CreateAuthEvents1764000000005 } from '../database/migrations/1764000000005-create-auth-events.js';
import { CreateLeases1764000000011 } from '../database/migrations/1764000000011-create-leases.js';
import { OrderRevocations1764000000020 } from '../database/migrations/1764000000020-order-revocations.js';
import { CreateInstances1764000000021 } from '../database/migrations/1764000000021-create-instances.js';
import { OrderAuthEvents1764000000022 } from '../database/migrations/1764000000022-order-auth-events.js';
import { CreateAuditReceivers1764000000023 } from '../database/migrations/1764000000023-create-audit-receivers.js';
import { AddAuthenticationContext1764000000024 } from '../database/migrations/1764000000024-add-authentication-context.js';
import { CountAttemptsApart1764000000025 } from '../database/migrations/1764000000025-count-attempts-apart.js';
import { CreateAuthMails1764000000027 } from '../database/migrations/1764000000027-create-auth-mails.js';
import { CreateAccountsAndActions1764000000026 } from '../database/migrations/1764000000026-create-accounts-and-actions.js';
import { CreatePasskeys1764000000031 } from '../database/migrations/1764000000031-create-passkeys.js';
import { AddFactorsReset1764000000032 } from '../database/migrations/1764000000032-add-factors-reset.js';
import { CreateAuthFactors1764000000028 } from '../database/migrations/1764000000028-create-auth-factors.js';
import { callableList } from './callable-list.js';

/** Which tables an app uses. */
export interface UsedTables {
  /**
   * `false` for a host that keeps users in its own table and passes a `userStore`; the `userEntity` of a host that adds
   * columns to ours. Default `true`.
   */
  users?: boolean | UserClass;
}

const OTHERS = [
  RefreshToken,
  StoredSigningKey,
  ResourceClient,
  StoredRevocation,
  LoginAttempt,
  AuditEvent,
  AuditReceiver,
  AuditDeadLetter,
  StoredLease,
  StoredInstance,
  StoredMail,
  StoredAccount,
  StoredAction,
  StoredPasskey,
  StoredFactor,
  StoredTrustedDevice,
];

const USER_MIGRATIONS = [CreateUsers1764000000000];
const OTHER_MIGRATIONS = [
  CreateRefreshTokens1764000000001,
  CreateSigningKeys1764000000002,
  CreateResourceClients1764000000003,
  CreateRevocations1764000000004,
  CreateAuthEvents1764000000005,
  CreateLoginAttempts1764000000006,
  CountAuthEvents1764000000010,
  CreateLeases1764000000011,
  OrderRevocations1764000000020,
  CreateInstances1764000000021,
  OrderAuthEvents1764000000022,
  CreateAuditReceivers1764000000023,
  AddAuthenticationContext1764000000024,
  CountAttemptsApart1764000000025,
  CreateAccountsAndActions1764000000026,
  CreateAuthMails1764000000027,
  CreateAuthFactors1764000000028,
  CreatePasskeys1764000000031,
  AddFactorsReset1764000000032,
];

type EntityClass = new () => object;
type MigrationClass = new () => MigrationInterface;

/**
 * The entities of `AuthModule`: spread them into the `entities` of your data source, or call it to select them:
 * `authEntities({ users: false })`, `authEntities({ users: Customer })`.
 */
export const authEntities = callableList<EntityClass, UsedTables>(
  [User, ...OTHERS],
  ({ users = true } = {}) => [...(users ? [userClass(users)] : []), ...OTHERS],
);

/**
 * The migrations of the entities, oldest first: spread them into the `migrations` of your data source, or call it to
 * select them: `authMigrations({ users: false })`. Run them before the app starts. You write the migration for columns
 * that your `userEntity` adds.
 */
export const authMigrations = callableList<MigrationClass, UsedTables>(
  [...USER_MIGRATIONS, ...OTHER_MIGRATIONS],
  ({ users = true } = {}) => [...(users ? USER_MIGRATIONS : []), ...OTHER_MIGRATIONS],
);

/** @throws Error for a class without our columns */
function userClass(users: true | UserClass): UserClass {
  if (users === true || isUserClass(users)) return users === true ? User : users;
  throw new Error(
    "authEntities({ users }) needs a class: write @Entity('users') class Customer extends User { … }",
  );
}

/** Whether a value is the class `User` or extends it. */
export function isUserClass(value: unknown): value is UserClass {
  return value === User || Object(value).prototype instanceof User;
}
