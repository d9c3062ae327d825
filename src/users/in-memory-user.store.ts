import { randomUUID } from 'node:crypto';
import { storableFields } from './registration-fields.js';
import type {
  CreationHook,
  ImportFate,
  NewUser,
  RegistrationTransaction,
  UserAccess,
  UserAdministration,
  UserQuery,
  UserRecord,
  UserStore,
} from './user-store.js';

const NO_TRANSACTION: RegistrationTransaction = {
  get manager(): never {
    throw new Error(
      'InMemoryUserStore has no transaction: pass the test an onRegister that does without manager',
    );
  },
};

/**
 * Keeps users in the memory of this process, with the same guarantees as the real store. Meant for tests, including
 * those of the host app. Every field of a registration becomes a member of the user.
 */
export class InMemoryUserStore implements UserStore, UserAdministration {
  private readonly users = new Map<string, UserRecord>();
  /** Users whose hook is running, by address. Others with the address wait, as they would for a row in PostgreSQL. */
  private readonly uncommitted = new Map<string, Promise<unknown>>();
  private hook: CreationHook | undefined;

  /** Adds a user, or replaces the one with the same id. Tests use it to grant roles or disable accounts. */
  put(user: UserRecord): void {
    this.users.set(user.id, copy(user));
  }

  /** Returns a copy of the user with this id. */
  async findById(id: string): Promise<UserRecord | null> {
    const user = this.users.get(id);
    return user ? copy(user) : null;
  }

  /** Returns a copy of the user with this canonical address. */
  async findByEmail(canonicalEmail: string): Promise<UserRecord | null> {
    const user = this.withEmail(canonicalEmail);
    return user ? copy(user) : null;
  }

  onCreate(hook: CreationHook): void {
    this.hook = hook;
  }

  // Atomic because nothing is awaited between the read and the write. The same applies to the methods below.
  async create(user: NewUser): Promise<UserRecord | null> {
    const { email, name, passwordHash, roles = [], permissions = [], fields } = user;
    while (this.uncommitted.has(email)) await this.uncommitted.get(email)!.catch(() => undefined);
    if (this.withEmail(email)) return null;
    const fresh = { id: randomUUID(), disabled: false, createdAt: new Date() };
    const record = copy({
      ...storableFields(fields),
      ...fresh,
      email,
      name,
      passwordHash,
      roles,
      permissions,
    });
    if (this.hook && fields) await this.runHook(this.hook, record, fields);
    this.put(record);
    return record;
  }

  async replacePasswordHash(id: string, expected: string, next: string): Promise<boolean> {
    const user = this.users.get(id);
    if (user?.passwordHash !== expected) return false;
    user.passwordHash = next;
    return true;
  }

  async setPasswordHash(id: string, expected: string | null, next: string | null): Promise<boolean> {
    const user = this.users.get(id);
    if (!user || user.passwordHash !== expected) return false;
    user.passwordHash = next;
    return true;
  }

  async replaceEmail(id: string, expected: string, next: string): Promise<boolean> {
    const owner = this.withEmail(next);
    if (this.users.get(id)?.email !== expected || (owner && owner.id !== id)) return false;
    return this.change(id, { email: next });
  }

  async setName(id: string, name: string | null): Promise<boolean> {
    return this.change(id, { name });
  }

  async setDisabled(id: string, disabled: boolean): Promise<boolean> {
    return this.change(id, { disabled });
  }

  async setAccess(id: string, { roles, permissions }: UserAccess): Promise<boolean> {
    return this.change(id, { roles, permissions });
  }

  async remove(id: string): Promise<boolean> {
    return this.users.delete(id);
  }

  async list({ limit, after = '', emailPart = '', disabled }: UserQuery): Promise<UserRecord[]> {
    return [...this.users.values()]
      .filter(({ email }) => email > after && email.includes(emailPart))
      .filter((user) => disabled === undefined || user.disabled === disabled)
      .toSorted((a, b) => (a.email < b.email ? -1 : 1))
      .slice(0, limit)
      .map(copy);
  }

  async addImported(users: readonly UserRecord[]): Promise<ImportFate[]> {
    return users.map((user) => {
      const [sameId, sameEmail] = [this.users.get(user.id), this.withEmail(user.email)];
      if (sameId || sameEmail) return sameId && sameId === sameEmail ? 'present' : 'taken';
      this.put(user);
      return 'added';
    });
  }

  private async runHook(
    hook: CreationHook,
    user: UserRecord,
    fields: Record<string, unknown>,
  ): Promise<void> {
    const run = Promise.resolve().then(() => hook(copy(user), fields, NO_TRANSACTION));
    this.uncommitted.set(user.email, run);
    try {
      await run;
    } finally {
      this.uncommitted.delete(user.email);
    }
  }

  private change(id: string, changes: Partial<UserRecord>): boolean {
    const user = this.users.get(id);
    if (user) this.put({ ...user, ...changes });
    return user !== undefined;
  }

  private withEmail(email: string): UserRecord | undefined {
    return [...this.users.values()].find((user) => user.email === email);
  }
}

/** Copied by hand, because in Jest `structuredClone` creates dates that are not `instanceof Date`. */
function copy(user: UserRecord): UserRecord {
  const { roles, permissions, createdAt } = user;
  return { ...user, roles: [...roles], permissions: [...permissions], createdAt: new Date(createdAt) };
}
