import type { DataSource } from 'typeorm';
import { StoredAccount } from '../../actions/account.entity.js';
import { StoredAction } from '../../actions/action.entity.js';
import { ResourceClient } from '../../clients/resource-client.entity.js';
import { quotePath } from '../../database/quote-name.js';
import { tableOf } from '../../database/table-of.js';
import { AuditDeadLetter } from '../../events/audit-dead-letter.entity.js';
import { AuditEvent } from '../../events/audit-event.entity.js';
import { AuditReceiver } from '../../events/audit-receiver.entity.js';
import { StoredMail } from '../../mail/mail.entity.js';
import { StoredPasskey } from '../../passkeys/passkey.entity.js';
import { StoredFactor } from '../../mfa/factor.entity.js';
import { StoredTrustedDevice } from '../../mfa/trusted-device.entity.js';
import { StoredSigningKey } from '../../keys/signing-key.entity.js';
import type { UserClass } from '../../users/user.entity.js';
import { authEntities } from '../schema.js';

/** What of the product is in use. */
export interface UsedParts {
  users: boolean | UserClass;
  keyRing: boolean;
  audit: boolean;
  /** Whether the audit trail is sent to receivers. Default `false`. */
  receivers?: boolean;
  /** Whether mails are sent. Default `false`. */
  mail?: boolean;
  /** Whether people manage their accounts by mail. Default `false`. */
  accounts?: boolean;
  /** Whether there are passkeys. Default `false`. */
  passkeys?: boolean;
  /** Whether there are second factors. Default `false`. */
  mfa?: boolean;
}

/** A table, and what the statements of the stores do with it. */
export interface NeededTable {
  /** Quoted for SQL. */
  path: string;
  privileges: readonly Privilege[];
}

type Privilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';
type EntityClass = new () => object;

const ALL = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;

/** Tables for which less will do. Old events may be left to a role that may delete them. */
const LESS = new Map<EntityClass, readonly Privilege[]>([
  [ResourceClient, ['SELECT', 'INSERT', 'DELETE']],
  [AuditEvent, ['SELECT', 'INSERT']],
]);

/** Of all entities, so that a new one is never forgotten. */
export function neededTables(source: DataSource, used: UsedParts): NeededTable[] {
  const { users, keyRing, audit, receivers = false, mail = false } = used;
  const { accounts = false, mfa = false, passkeys = false } = used;
  const { schema, migrationsTableName: tableName = 'migrations' } = source.options as {
    schema?: string;
    migrationsTableName?: string;
  };
  const unused = new Set<EntityClass>([
    ...(keyRing ? [] : [StoredSigningKey]),
    ...(audit ? [] : [AuditEvent]),
    ...(mail ? [] : [StoredMail]),
    ...(passkeys ? [] : [StoredPasskey]),
    ...(accounts || mfa || passkeys ? [] : [StoredAccount, StoredAction]),
    ...(mfa ? [] : [StoredFactor, StoredTrustedDevice]),
    ...(receivers ? [] : [AuditReceiver, AuditDeadLetter]),
  ]);
  return [
    ...authEntities({ users })
      .filter((entity) => !unused.has(entity))
      .map((entity) => ({ path: tableOf(source, entity), privileges: LESS.get(entity) ?? ALL })),
    { path: quotePath({ schema, tableName }), privileges: ['SELECT'] },
  ];
}
