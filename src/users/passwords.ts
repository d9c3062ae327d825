import { randomBytes } from 'node:crypto';
import type { OnModuleInit } from '@nestjs/common';
import { InternalError, UnavailableError } from '../errors/auth-errors.js';
import type { Applicant, PasswordHasher } from './password-hasher.js';
import type { UserRecord, UserStore } from './user-store.js';

/**
 * Hashes and checks the passwords of the users in a store. A check does the same work for everyone: neither the answer
 * nor the time distinguishes an unknown address, an account without a password or a disabled one from a wrong password.
 */
export class Passwords implements OnModuleInit {
  /** A hash at the current cost, so that checking it takes as long as a real one. Nobody knows its password. */
  private readonly decoy: Promise<string>;

  constructor(
    private readonly hasher: PasswordHasher,
    private readonly users: UserStore,
  ) {
    this.decoy = hasher.hash(randomBytes(32).toString('base64url'));
    // The error is thrown where it is awaited, at startup; until then it must not count as unhandled.
    this.decoy.catch(() => undefined);
  }

  async onModuleInit(): Promise<void> {
    await this.decoy.catch((error: unknown) => {
      // At startup, the reason is printed for the developer instead of being hidden from a client.
      throw (error instanceof InternalError && error.cause) || error;
    });
  }

  hash(password: string, applicant?: Applicant): Promise<string> {
    return this.hasher.hash(password, applicant);
  }

  /** True only for the right password of a user who has a password and is not disabled. */
  async verify(user: UserRecord | null, password: string, applicant?: Applicant): Promise<boolean> {
    const decoy = await this.decoy;
    const matches = await this.hasher.verify(password, user?.passwordHash ?? decoy, applicant);
    return matches && user !== null && user.passwordHash !== null && !user.disabled;
  }

  /** After a successful login, replaces a hash made with other settings. Does not fail when that is impossible now. */
  async refreshHash(
    { id, passwordHash }: UserRecord,
    password: string,
    applicant?: Applicant,
  ): Promise<void> {
    if (passwordHash === null || !this.hasher.needsRehash(passwordHash)) return;
    try {
      await this.users.replacePasswordHash(id, passwordHash, await this.hasher.hash(password, applicant));
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
    }
  }
}
