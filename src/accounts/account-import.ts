import type { AuthEvents } from '../events/auth-events.js';
import { displayNameProblem } from '../users/display-name.js';
import { canonicalEmail } from '../users/email.js';
import { lookForArgon2 } from '../users/foreign-hashes/argon2.js';
import { lacksArgon2 } from '../users/foreign-hashes/read-foreign-hash.js';
import { neededMethod } from '../users/needed-method.js';
import type { Passwords } from '../users/passwords.js';
import type { ImportFate, UserAccess, UserRecord, UserStore } from '../users/user-store.js';
import { ValidationFailedError } from '../errors/auth-errors.js';
import { importedId } from './imported-id.js';
import { validAccess } from './valid-access.js';

/** An account of another system. */
export interface ImportedAccount extends Partial<UserAccess> {
  /** The id in the other system. A UUID is kept; from any other text a UUID is derived, always the same one. */
  id?: string | null;
  email: string;
  name?: string | null;
  /** The hash as the other system made it. A login verifies it and replaces it. */
  passwordHash?: string | null;
  disabled?: boolean;
  /** Default: now. */
  createdAt?: Date;
}

/** Settings of `AccountAdmin.import`. */
export interface ImportOptions {
  /** The name of the other system. Ids of different systems are different people. */
  source: string;
  /** Refuse accounts without a password hash that can be verified here. Default: import them without a password. */
  requirePassword?: boolean;
  /** Only validate, and look up which addresses are in use. */
  dryRun?: boolean;
}

/** What was left out of an imported account. */
export interface ImportNotes {
  /**
   * There was no password hash, or one that cannot be verified here: an unknown format, too expensive, or of Argon2
   * without `@node-rs/argon2` or Node 24.7.
   */
  password?: 'none' | 'unusable' | 'needs-argon2';
  /** Why the name was left out. */
  name?: string;
}

/**
 * What became of an account: it was `added`, it had been `present` with the same id and address, its id or address is
 * `taken` by somebody else, or it was `refused`.
 */
export type ImportResult =
  { outcome: ImportFate; id: string; notes: ImportNotes } | { outcome: 'refused'; reason: string };

/** One statement. */
const MAX_ACCOUNTS = 1000;

/** Adds accounts of other systems. See `AccountAdmin.import`. */
export class AccountImport {
  constructor(
    private readonly users: UserStore,
    private readonly passwords: Passwords,
    private readonly events: AuthEvents,
  ) {}

  async add(accounts: readonly ImportedAccount[], options: ImportOptions): Promise<ImportResult[]> {
    if (accounts.length > MAX_ACCOUNTS)
      throw new RangeError(`Import at most ${MAX_ACCOUNTS} accounts in one call.`);
    const addImported = neededMethod(this.users, 'addImported');
    await lookForArgon2();
    const judged = accounts.map((account) => this.judge(account, options));
    const fit = judged.flatMap((it) => ('user' in it ? [it.user] : []));
    const fates = options.dryRun ? await this.foresee(fit) : fit.length > 0 ? await addImported(fit) : [];
    const imported = fates.filter((fate) => fate === 'added').length;
    if (imported > 0 && !options.dryRun)
      await this.events.record({ type: 'users-imported', imported, source: options.source });
    let next = 0;
    return judged.map((it) =>
      'user' in it ? { outcome: fates[next++]!, id: it.user.id, notes: it.notes } : it,
    );
  }

  /** Looks addresses up one by one, because every user store can do that. */
  private foresee(users: UserRecord[]): Promise<ImportFate[]> {
    return Promise.all(
      users.map(async ({ id, email }) => {
        const owner = await this.users.findByEmail(email);
        if (owner) return owner.id === id ? 'present' : 'taken';
        return (await this.users.findById(id)) ? 'taken' : 'added';
      }),
    );
  }

  private judge(
    account: ImportedAccount,
    { source, requirePassword }: ImportOptions,
  ): { user: UserRecord; notes: ImportNotes } | { outcome: 'refused'; reason: string } {
    const email = typeof account.email === 'string' ? canonicalEmail(account.email) : null;
    if (!email) return refused('the email address is not valid');
    const access = accessOf(account);
    if (typeof access === 'string') return refused(access);
    const notes: ImportNotes = {};
    const passwordHash = this.hashOf(account, notes);
    if (passwordHash === null && requirePassword)
      return refused(
        notes.password === 'none' ? 'there is no password hash' : 'the password hash cannot be used',
      );
    const name = nameOf(account, notes);
    const { disabled = false, createdAt } = account;
    const id = importedId(source, account.id || email);
    return {
      user: { id, email, name, passwordHash, ...access, disabled, createdAt: timeOf(createdAt) },
      notes,
    };
  }

  private hashOf({ passwordHash }: ImportedAccount, notes: ImportNotes): string | null {
    if (!passwordHash) notes.password = 'none';
    else if (this.passwords.canVerify(passwordHash)) return passwordHash;
    else notes.password = lacksArgon2(passwordHash) ? 'needs-argon2' : 'unusable';
    return null;
  }
}

const refused = (reason: string) => ({ outcome: 'refused' as const, reason });

function accessOf({ roles, permissions }: ImportedAccount): UserAccess | string {
  try {
    return validAccess({ roles, permissions });
  } catch (error) {
    if (error instanceof ValidationFailedError)
      return (error.details ?? []).map(({ field, message }) => `${field}: ${message}`).join(' ');
    throw error;
  }
}

function nameOf({ name }: ImportedAccount, notes: ImportNotes): string | null {
  if (name === undefined || name === null || name === '') return null;
  const problem = displayNameProblem(name);
  if (problem) notes.name = `the name ${problem}`;
  return problem ? null : name;
}

/** A time that cannot be right is replaced: nobody joined in the future. */
function timeOf(given: Date | undefined): Date {
  const now = new Date();
  return given && given.getTime() > 0 && given < now ? given : now;
}
