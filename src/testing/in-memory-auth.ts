import { randomBytes } from 'node:crypto';
import { Inject, Injectable, Module } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import { InMemoryAccountRecords } from '../actions/in-memory-account-records.js';
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

@Injectable()
class Records extends InMemoryAccountRecords {
  constructor(@Inject(ResolvedAuthOptions) { clock }: ResolvedAuthOptions) {
    super(clock);
  }
}

/**
 * Takes the place of the data source. Only features without an in-memory version, such as OAuth clients, query it.
 * Deleting from it succeeds, because it has no rows.
 */
const noDatabase = {
  driver: {
    master: {
      query: async ({ text }: { text: string }) => {
        if (text.startsWith('DELETE')) return { rows: [], rowCount: 0 };
        throw new Error('inMemoryAuth() has no database for this');
      },
    },
  },
  getMetadata: () => ({ tableName: 'nowhere' }),
};

const dataSource = { provide: getDataSourceToken(), useValue: noDatabase };

@Module({ providers: [dataSource], exports: [dataSource] })
class NoDatabaseModule {}

/**
 * Returns options for `AuthModule.forRoot` in a test without a database: users, sessions and revocations in memory, new
 * secrets, cheap hashes, no rate limits, no audit trail. Your `options` override them.
 */
export function inMemoryAuth(
  options: Partial<AuthModuleOptions & AuthModuleParts> = {},
): AuthModuleOptions & AuthModuleParts {
  const secret = () => randomBytes(48).toString('base64url');
  return {
    userStore: InMemoryUserStore,
    // If the options configure passwords, the module's own hasher is used.
    passwordHasher: options.passwords ? undefined : CheapPasswordHasher,
    sessionStore: Sessions,
    revocationList: Revocations,
    ...((options.accounts ?? options.mail ?? options.mfa ?? options.passkeys) && { accountRecords: Records }),
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
