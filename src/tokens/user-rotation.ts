import { BatchedRotation } from '../sessions/batched-rotation.js';
import { PostgresSessionStore } from '../sessions/postgres-session.store.js';
import {
  sessionAndUserStatements,
  type SessionOfUser,
  type UserPresentation,
} from '../sessions/rotation-statements.js';
import type { SessionStore } from '../sessions/session-store.js';
import { TypeOrmUserStore } from '../users/typeorm-user.store.js';
import { OUR_COLUMNS } from '../users/user-columns.js';
import type { UserStore } from '../users/user-store.js';
import { User } from '../users/user.entity.js';

/** Moves sessions on and reads their users in one statement. */
export type UserRotation = BatchedRotation<UserPresentation, SessionOfUser>;

/**
 * `undefined` if sessions and users are not in the same database, if a refresh replaces no token, or if a class of the
 * host may read, keep or rotate them in another way.
 */
export function userRotationOf(sessions: SessionStore, users: UserStore): UserRotation | undefined {
  if (!(sessions instanceof PostgresSessionStore && users instanceof TypeOrmUserStore)) return undefined;
  const { dataSource, table, limits } = sessions;
  const areOurs =
    sessions.constructor === PostgresSessionStore &&
    users.constructor === TypeOrmUserStore &&
    users.entity === User;
  if (!areOurs || users.dataSource !== dataSource || !limits.rotation) return undefined;
  const statements = sessionAndUserStatements(table, { table: users.table, disabled: OUR_COLUMNS.disabled });
  return new BatchedRotation(dataSource, statements, limits.idleTtl);
}
