import type { UserRecord } from '../users/user-store.js';

/** What a user sees of their own account. */
export interface UserView {
  id: string;
  email: string;
  name: string | null;
  roles: string[];
  permissions: string[];
  /** ISO 8601, UTC. */
  createdAt: string;
}

/** Converts a user to its view; omits the password hash and anything else that a host's store adds. */
export function toUserView({ id, email, name, roles, permissions, createdAt }: UserRecord): UserView {
  return { id, email, name, roles, permissions, createdAt: createdAt.toISOString() };
}
