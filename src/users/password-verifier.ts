import { randomBytes } from 'node:crypto';
import type { OnModuleInit } from '@nestjs/common';
import type { PasswordHasher } from './password-hasher.js';
import type { UserRecord } from './user-store.js';

/**
 * Checks a password against a user who may not exist, with the same work whoever it is: neither answer nor time tells
 * an unknown address, an account without a password or a disabled one from a wrong password.
 */
export class PasswordVerifier implements OnModuleInit {
  /** Made with today's cost, so that it takes as long as a real one. Nobody knows its password. */
  private readonly decoy: Promise<string>;

  constructor(private readonly hasher: PasswordHasher) {
    this.decoy = hasher.hash(randomBytes(32).toString('base64url'));
    // Thrown where it is awaited, at start-up; until then it must not count as unhandled.
    this.decoy.catch(() => undefined);
  }

  async onModuleInit(): Promise<void> {
    await this.decoy;
  }

  /** True only for the right password of a user who has one and is not disabled. */
  async verify(user: UserRecord | null, password: string): Promise<boolean> {
    const decoy = await this.decoy;
    const matches = await this.hasher.verify(password, user?.passwordHash ?? decoy);
    return matches && user !== null && user.passwordHash !== null && !user.disabled;
  }
}
