// Another password hash. Existing hashes keep working, and are replaced at the next login.
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { AuthModule, BcryptPasswordHasher, type PasswordHasher } from 'latchkey';

@Injectable()
export class Argon2Hasher implements PasswordHasher {
  private readonly settings = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
  private readonly before = new BcryptPasswordHasher({ cost: 12 });

  hash(password: string): Promise<string> {
    return hash(password.normalize('NFC'), this.settings);
  }

  verify(password: string, stored: string): Promise<boolean> {
    if (!stored.startsWith('$argon2')) return this.before.verify(password, stored);
    return verify(stored, password.normalize('NFC'));
  }

  needsRehash(stored: string): boolean {
    return !stored.startsWith('$argon2id$v=19$m=19456,t=2,p=1$');
  }
}

export const authModule = AuthModule.forRoot({
  jwt: {
    accessSecret: process.env.JWT_ACCESS_SECRET!,
    refreshSecret: process.env.JWT_REFRESH_SECRET!,
  },
  passwordHasher: Argon2Hasher,
});
