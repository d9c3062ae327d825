import type { Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AuthInstances } from '../../instances/auth-instances.js';
import type { AuthModuleOptions } from '../../options/auth-options.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { RedisConnection } from '../../redis/redis-connection.js';
import { MailOutbox } from '../../mail/mail-outbox.js';
import { MailWorker } from '../../mail/mail-worker.js';
import { PasswordHasher } from '../../users/password-hasher.js';
import { AuthDataSource } from '../auth-data-source.js';
import { AuthDoctor } from '../auth-doctor.js';
import { MODULE_OPTIONS_TOKEN } from '../auth.module-definition.js';
import { OwnTables } from '../own-tables.js';
import type { UsedTables } from '../schema.js';
import { SessionShards } from '../shards/session-shards.js';
import { provide } from './provide.js';

/** What `latchkey doctor --app` asks. */
export const doctorProviders: Provider[] = [
  provide(
    AuthDoctor,
    [
      MODULE_OPTIONS_TOKEN,
      ResolvedAuthOptions,
      AuthDataSource,
      RedisConnection,
      PasswordHasher,
      OwnTables,
      AuthInstances,
      SessionShards,
      MailOutbox,
      MailWorker,
    ],
    (
      given: AuthModuleOptions,
      resolved: ResolvedAuthOptions,
      source: DataSource,
      redis: RedisConnection | undefined,
      hasher: PasswordHasher,
      tables: Required<UsedTables>,
      instances: AuthInstances | undefined,
      shards: SessionShards | undefined,
      outbox: MailOutbox,
      worker: MailWorker | undefined,
    ) => {
      const mail = worker && { transport: worker.transport, outbox };
      return new AuthDoctor({ given, resolved, source, redis, hasher, tables, instances, shards, mail });
    },
  ),
  { provide: AuthDoctor.TOKEN, useExisting: AuthDoctor },
];
