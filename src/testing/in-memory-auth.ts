import { randomBytes } from 'node:crypto';
import { Inject, Injectable, Module } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { AuthModuleParts } from '../auth/auth-module-parts.js';
import type { AuthModuleOptions } from '../options/auth-options.js';
import { ResolvedAuthOptions } from '../options/resolve-options.js';
import { InMemoryRevocationList } from '../revocation/in-memory-revocation-list.js';
import { InMemorySessionStore } from '../sessions/in-memory-session.store.js';
import { InMemoryUserStore } from '../users/in-memory-user.store.js';
import { CheapPasswordHasher } from './cheap-password-hasher.js';

@Injectable()
class Sessions extends InMemorySessionStore {
  constructor(@Inject(ResolvedAuthOptions) { sessions, clock }: ResolvedAuthOptions) {
    super(sessions, clock);
  }
}

@Injectable()
class Revocations extends InMemoryRevocationList {
  constructor(@Inject(ResolvedAuthOptions) { clock }: ResolvedAuthOptions) {
    super(clock);
  }
}

/** Stands where the module looks for a data source; only what has no place in memory, such as OAuth clients, asks it. */
const noDatabase = {
  driver: { escape: (name: string) => name },
  getMetadata: () => ({ tablePath: 'nowhere' }),
  query: () => Promise.reject(new Error('inMemoryAuth() has no database for this')),
};

const dataSource = { provide: getDataSourceToken(), useValue: noDatabase };

@Module({ providers: [dataSource], exports: [dataSource] })
class NoDatabaseModule {}

/**
 * Options and parts for `AuthModule.forRoot` in a test that needs no database: users, sessions and revocations in
 * memory, fresh secrets, cheap hashes, no rate limits, no audit trail. Yours win.
 */
export function inMemoryAuth(
  options: Partial<AuthModuleOptions & AuthModuleParts> = {},
): AuthModuleOptions & AuthModuleParts {
  const secret = () => randomBytes(48).toString('base64url');
  return {
    userStore: InMemoryUserStore,
    // Who says how passwords are hashed or chosen has them hashed by the module itself.
    passwordHasher: options.passwords ? undefined : CheapPasswordHasher,
    sessionStore: Sessions,
    revocationList: Revocations,
    rateLimits: false,
    cleanupEvery: '0s',
    audit: false,
    clock: Date.now,
    cookies: { secure: false },
    ...options,
    imports: [NoDatabaseModule, ...(options.imports ?? [])],
    passwords: { bcryptCost: 10, ...options.passwords },
    jwt: { accessSecret: secret(), refreshSecret: secret(), ...options.jwt },
  };
}
