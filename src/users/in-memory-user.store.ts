import { randomUUID } from 'node:crypto';
import type { NewUser, UserRecord, UserStore } from './user-store.js';

/** Users in this process's memory, with the same promises as the real store: for tests, a host's included. */
export class InMemoryUserStore implements UserStore {
  private readonly users = new Map<string, UserRecord>();

  /** Adds a user or replaces the one with this id, as it is: how a test grants roles or disables an account. */
  put(user: UserRecord): void {
    this.users.set(user.id, copy(user));
  }

  /** A copy of the user of this id. */
  async findById(id: string): Promise<UserRecord | null> {
    const user = this.users.get(id);
    return user ? copy(user) : null;
  }

  /** A copy of the user with this address, which is canonical. */
  async findByEmail(canonicalEmail: string): Promise<UserRecord | null> {
    const user = this.withEmail(canonicalEmail);
    return user ? copy(user) : null;
  }

  // Atomic because nothing is awaited between the look and the write; the same holds for the method below.
  async create({ email, name, passwordHash }: NewUser): Promise<UserRecord | null> {
    if (this.withEmail(email)) return null;
    const defaults = { roles: [], permissions: [], disabled: false, createdAt: new Date() };
    const user: UserRecord = { id: randomUUID(), email, name, passwordHash, ...defaults };
    this.put(user);
    return user;
  }

  async replacePasswordHash(id: string, expected: string, next: string): Promise<boolean> {
    const user = this.users.get(id);
    if (user?.passwordHash !== expected) return false;
    user.passwordHash = next;
    return true;
  }

  private withEmail(email: string): UserRecord | undefined {
    return [...this.users.values()].find((user) => user.email === email);
  }
}

/** By hand: in Jest, `structuredClone` makes dates that are not `instanceof Date`. */
function copy(user: UserRecord): UserRecord {
  const { roles, permissions, createdAt } = user;
  return { ...user, roles: [...roles], permissions: [...permissions], createdAt: new Date(createdAt) };
}
