import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule, type AuthModuleOptions, OBSERVER } from '../index.js';
import { poolerModeOf } from '../settings/configuration.js';
import { serviceDatabase } from '../settings/database.js';
import { OutboxMails } from './outbox-mails.js';
import { WithoutUsers } from './without-users.js';

interface CliSettings {
  databaseUrl: string;
  schema: string | undefined;
  /** Whether the users are in our table. */
  users: boolean;
  auth: AuthModuleOptions;
}

/** The module with the service's database, without HTTP and without background jobs. */
@Module({})
export class CliModule {
  static with({ databaseUrl, schema, users, auth }: CliSettings): DynamicModule {
    return {
      module: CliModule,
      // So that the module's parts find it.
      global: true,
      providers: [{ provide: OBSERVER, useValue: true }],
      exports: [OBSERVER],
      imports: [
        TypeOrmModule.forRoot({
          ...serviceDatabase(databaseUrl, { schema, pooler: poolerModeOf({ auth }) }),
          // The database has just answered, so a failure here means that the machine is busy.
          retryAttempts: 2,
          retryDelay: 300,
        }),
        AuthModule.forRoot({
          ...withoutSenders(auth),
          ...(users ? withAccounts(auth) : { userStore: WithoutUsers }),
          cleanupEvery: '0s',
          controllers: [],
        }),
      ],
    };
  }
}

/** What people do by mail: the service sends what a command writes into the outbox. */
function withAccounts({ accounts }: AuthModuleOptions) {
  return accounts && { accounts: {}, accountMails: OutboxMails };
}

/** Events and mails are sent by the service. What people do by mail needs them, and so does a policy for second factors. */
function withoutSenders(given: AuthModuleOptions): AuthModuleOptions {
  const { mail: _, accounts: __, ...rest } = given;
  const auth: AuthModuleOptions = { ...rest, ...(rest.mfa && { mfa: { ...rest.mfa, policy: 'optional' } }) };
  return typeof auth.audit === 'object' ? { ...auth, audit: { ...auth.audit, receivers: [] } } : auth;
}
