import { randomBytes } from 'node:crypto';
import type { OnModuleInit } from '@nestjs/common';
import { InternalError, UnavailableError } from '../errors/auth-errors.js';
import { BcryptPasswordHasher } from './bcrypt-password.hasher.js';
import type { Applicant, PasswordHasher } from './password-hasher.js';
import type { UserRecord, UserStore } from './user-store.js';

export interface PasswordSettings {
  /** Whether a login replaces a hash that was made elsewhere or with other settings. */
  rehash: boolean;
  /** Is called with what happened if that fails. */
  warn: (message: string) => void;
}

/**
 * Hashes and checks the passwords of the users in a store. A check does the same work for everyone: neither the answer
 * nor the time distinguishes an unknown address, an account without a password or a disabled one from a wrong password.
 */
export class Passwords implements OnModuleInit {
  /** A hash at the current cost, so that checking it takes as long as a real one. Nobody knows its password. */
  private readonly decoy: Promise<string> | string;

  constructor(
    private readonly hasher: PasswordHasher,
    private readonly users: UserStore,
    private readonly settings: PasswordSettings = { rehash: true, warn: () => undefined },
  ) {
    this.decoy = decoyOf(hasher);
  }

  /** @throws the error of a hasher that cannot hash */
  async onModuleInit(): Promise<void> {
    try {
      await this.decoy;
    } catch (error) {
      // At startup, the reason is printed for the developer instead of being hidden from a client.
      throw (error instanceof InternalError && error.cause) || error;
    }
  }

  hash(password: string, applicant?: Applicant): Promise<string> {
    return this.hasher.hash(password, applicant);
  }

  /** Whether a hash from another system can be verified here; see `PasswordHasher.canVerify`. */
  canVerify(hash: string): boolean {
    if (hash.includes('\0') || !hash.isWellFormed()) return false; // the database cannot store it
    return this.hasher.canVerify?.(hash) ?? true;
  }

  /** Whether a password is that of a hash which belongs to no user yet. */
  matches(hash: string, password: string, applicant?: Applicant): Promise<boolean> {
    return this.hasher.verify(password, hash, applicant);
  }

  /** True only for the right password of a user who has a password and is not disabled. */
  async verify(user: UserRecord | null, password: string, applicant?: Applicant): Promise<boolean> {
    const decoy = await this.decoy;
    const matches = await this.hasher.verify(password, user?.passwordHash ?? decoy, applicant);
    return matches && user !== null && user.passwordHash !== null && !user.disabled;
  }

  /**
   * After a successful login, replaces a hash made elsewhere or with other settings, and returns the latest hash of this
   * password that the user has had. Never fails: the login is complete without it, and the next one tries again.
   */
  async refreshHash(user: UserRecord, password: string, applicant?: Applicant): Promise<string | null> {
    const { id, passwordHash } = user;
    if (!this.settings.rehash || passwordHash === null || !this.hasher.needsRehash(passwordHash))
      return passwordHash;
    let next = '';
    try {
      next = await this.hasher.hash(password, applicant);
      if (await this.users.replacePasswordHash(id, passwordHash, next)) return next;
      // Another login or a password change was faster, unless the old hash is still there.
      const now = await this.users.findById(id);
      if (now && now.passwordHash !== passwordHash)
        return (await this.verify(now, password, applicant)) ? now.passwordHash : passwordHash;
      this.reportKept(id, `replacePasswordHash returned false for a hash of ${next.length} characters`);
    } catch (error) {
      if (!(error instanceof UnavailableError)) this.reportKept(id, reasonOf(error, next));
    }
    return passwordHash;
  }

  private reportKept(id: string, reason: string): void {
    this.settings.warn(`The password hash of user ${id} could not be replaced at login: ${reason}`);
  }
}

/** The innermost error says most. It may quote the statement that failed, and with it the new hash. */
function reasonOf(error: unknown, hash: string): string {
  const { cause, message } = Object(error) as { cause?: unknown; message?: unknown };
  if (cause !== undefined && cause !== error) return reasonOf(cause, hash);
  const reason = String(message ?? error);
  return hash ? reason.replaceAll(hash, '…') : reason;
}

/** Ours has one ready: to hash takes a good part of what the module takes to start. The first hash also tries a host's hasher. */
function decoyOf(hasher: PasswordHasher): Promise<string> | string {
  if (hasher instanceof BcryptPasswordHasher && hasher.constructor === BcryptPasswordHasher)
    return hasher.decoy;
  const decoy = hasher.hash(randomBytes(32).toString('base64url'));
  // The error is thrown where it is awaited, at startup; until then it must not count as unhandled.
  decoy.catch(() => undefined);
  return decoy;
}
