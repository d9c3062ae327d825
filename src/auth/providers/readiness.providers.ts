import { Logger, type Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AuthInstances } from '../../instances/auth-instances.js';
import { KeyRing } from '../../keys/key-ring.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { SessionWrites } from '../../revocation/session-writes.js';
import { AccessTokens } from '../../tokens/access-tokens.js';
import { RefreshTokens } from '../../tokens/refresh-tokens.js';
import { AuthDataSource } from '../auth-data-source.js';
import type { AuthModuleParts } from '../auth-module-parts.js';
import { usedTables } from '../own-tables.js';
import { AuthReadiness } from '../readiness/auth-readiness.js';
import { provide } from './provide.js';

/** What a health check asks: the parts that the host has replaced are not tried. */
export function readinessProviders(parts: AuthModuleParts): Provider[] {
  return [
    provide(
      AuthReadiness,
      [AuthDataSource, ResolvedAuthOptions, AccessTokens, RefreshTokens, KeyRing, AuthInstances],
      (
        given: DataSource,
        { sessions, access, accountProtection }: ResolvedAuthOptions,
        accessTokens: AccessTokens,
        refreshTokens: RefreshTokens,
        ring: KeyRing | undefined,
        instances: AuthInstances | undefined,
      ) => {
        // A test without a database has something else in its place.
        const source = given.isInitialized ? given : undefined;
        const writes =
          source &&
          new SessionWrites(source, {
            users: usedTables(parts).users,
            sessions: parts.sessionStore ? undefined : sessions,
            revocations: parts.revocationList ? undefined : access.policy.maxLifetime,
            attempts: accountProtection.enabled ? accountProtection : undefined,
          });
        return new AuthReadiness(
          { source, writes, accessTokens, refreshTokens, ring, instances },
          new Logger('Readiness'),
        );
      },
    ),
  ];
}
