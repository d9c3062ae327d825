import type { OnModuleInit } from '@nestjs/common';
import { UnavailableError } from '../errors/auth-errors.js';
import type { PasswordHasher } from './password-hasher.js';
import { PasswordVerifier } from './password-verifier.js';
import type { UserRecord, UserStore } from './user-store.js';

/** The passwords of the users in a store. */
export class Passwords extends PasswordVerifier implements OnModuleInit {
  constructor(
    private readonly hashes: PasswordHasher,
    private readonly users: UserStore,
  ) {
    super(hashes);
  }

  hash(password: string): Promise<string> {
    return this.hashes.hash(password);
  }

  /** After a good login: brings a hash made with other settings up to date. Not doing so now is no failure. */
  async refreshHash({ id, passwordHash }: UserRecord, password: string): Promise<void> {
    if (passwordHash === null || !this.hashes.needsRehash(passwordHash)) return;
    try {
      await this.users.replacePasswordHash(id, passwordHash, await this.hashes.hash(password));
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
    }
  }
}
