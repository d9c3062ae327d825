import { Logger, type Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Clock } from '../../database/database-clock.js';
import { AuthOptionsError } from '../../options/options-error.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { REVOCATION_MARGIN_SECONDS } from '../../revocation/session-ender.js';
import { AuthDataSource } from '../auth-data-source.js';
import type { AuthModuleParts } from '../auth-module-parts.js';
import { SchemaCheck } from '../schema-check.js';
import { DatabasePlaces } from '../shards/database-places.js';
import { SessionShard } from '../shards/session-shard.js';
import { SessionShards } from '../shards/session-shards.js';
import { provide } from './provide.js';

const POOL_SIZE = 10;

/** The databases of `sessions.shards`; `undefined` if there are none. */
export function shardProvider(parts: AuthModuleParts): Provider {
  return provide(
    SessionShards,
    [AuthDataSource, ResolvedAuthOptions, Clock, SchemaCheck],
    (source: DataSource, options: ResolvedAuthOptions, clock: Clock, check: SchemaCheck | undefined) => {
      const { shards, sessions, access, revocation, pooler } = options;
      // A test without a database has something else in its place.
      if (shards.urls.length === 0 || !source.isInitialized) return undefined;
      refuseOwnParts(parts);
      const { schema, poolSize } = source.options as { schema?: string; poolSize?: number };
      const settings = {
        schema,
        poolSize: poolSize ?? POOL_SIZE,
        pooling: pooler,
        migrate: shards.migrate,
        limits: sessions,
        accessLifetime: access.policy.maxLifetime + REVOCATION_MARGIN_SECONDS,
        maxStaleness: revocation.maxStaleness,
        clock,
        places: new DatabasePlaces(source),
        log: new Logger('Shards'),
      };
      const all = shards.urls.map((url, place) => new SessionShard(place + 1, url, settings));
      return SchemaCheck.before(check, new SessionShards(all));
    },
  );
}

/** @throws AuthOptionsError if the host keeps sessions or revocations itself */
function refuseOwnParts({ sessionStore, revocationList }: AuthModuleParts): void {
  const part = sessionStore ? 'sessionStore' : revocationList && 'revocationList';
  if (!part) return;
  const message = `has no effect together with your own ${part}: remove one of them`;
  throw new AuthOptionsError([{ option: 'sessions.shards', message }]);
}
