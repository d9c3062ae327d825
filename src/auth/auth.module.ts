import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AuditExport } from '../audit-export/audit-export.js';
import { Cleanup } from '../cleanup/cleanup.js';
import { ResourceClients } from '../clients/resource-clients.js';
import { AlertWebhook } from '../alerts/alert-webhook.js';
import { MailOutbox } from '../mail/mail-outbox.js';
import { MailWorker } from '../mail/mail-worker.js';
import { Mails } from '../mail/mails.js';
import { DatabaseNotifications } from '../database/notifications.js';
import { AuditTrail } from '../events/audit-trail.js';
import { AuthEvents } from '../events/auth-events.js';
import { AuthInstances } from '../instances/auth-instances.js';
import { KeyRing } from '../keys/key-ring.js';
import { KeyRotation } from '../keys/key-rotation.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { SessionShards } from './shards/session-shards.js';
import { RevocationList } from '../revocation/revocation-list.js';
import { SessionEndings } from '../revocation/session-endings.js';
import { TokenIntrospection } from '../tokens/token-introspection.js';
import { TokensService } from '../tokens/tokens.service.js';
import { AccountProtection } from '../users/account-protection.js';
import { PasswordHasher } from '../users/password-hasher.js';
import { UserStore } from '../users/user-store.js';
import { AuthExceptionFilter } from '../http/shared/auth-exception.filter.js';
import type { AuthModuleOptions } from '../options/auth-options.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  type OPTIONS_TYPE,
  PART_NAMES,
} from './auth.module-definition.js';
import { checkAsyncCall, checkRootCall } from './check-call.js';
import { endpointPlan } from './routes/endpoint-plan.js';
import { lateRoutes, routesOff, SWITCHED_BY_OPTIONS, switchesOf } from './routes/late-routes.js';
import { offerEntities } from './own-tables.js';
import { OptionWarnings } from './option-warnings.js';
import { overriddenRoutes } from './routes/overridden-routes.js';
import { placedControllers } from './routes/placed-controllers.js';
import { withCheckedSource } from './options-source.js';
import { CsrfGuard } from '../http/browser/csrf.guard.js';
import { ClientAttempts } from '../http/oauth/client-attempts.js';
import { SilentRefresh } from '../http/browser/silent-refresh.js';
import { TrustedOrigins } from '../http/browser/trusted-origins.js';
import { ACCOUNT_FLOWS, accountFlowProviders } from './providers/account-flow.providers.js';
import { accountProviders } from './providers/account.providers.js';
import { PASSKEY_EXPORTS, passkeyProviders } from './providers/passkey.providers.js';
import { auditExportProviders } from './providers/audit-export.providers.js';
import { doctorProviders } from './providers/doctor.providers.js';
import { databaseProviders } from './providers/database.providers.js';
import { edgeProviders } from './providers/edge.providers.js';
import { tokenProviders } from './providers/token.providers.js';
import { withoutForRoot } from './providers/without-for-root.js';
import { mailProviders } from './providers/mail.providers.js';
import { eventProviders } from './providers/event.providers.js';
import { AuthThrottlerStorage } from '../http/rate-limits/rate-limit.guard.js';
import { EndpointPlan } from '../http/shared/endpoint-plan.js';
import { AuthDoctor } from './auth-doctor.js';
import { AuthReadiness } from './readiness/auth-readiness.js';
import { AccountAdmin } from '../accounts/account-admin.js';
import { AuthService } from '../accounts/auth.service.js';
import { UserViews } from '../accounts/user-views.js';
import { RegisterBody } from '../http/sign-in/register-body.js';
import { instanceProviders } from './providers/instance.providers.js';
import { keyProviders } from './providers/key.providers.js';
import { JwtAuthGuard } from '../http/guards/jwt-auth.guard.js';
import { RefreshJwtGuard } from '../http/guards/refresh-jwt.guard.js';
import { StepUpClock } from '../http/guards/step-up-clock.js';
import { RolesGuard } from '../http/guards/roles.guard.js';
import { GatewayErrors } from '../http/shared/gateway-errors.js';
import { UpgradedSockets } from '../transports/upgraded-sockets.js';
import { ResolvedAuthOptions, resolveOptions } from '../options/resolve-options.js';
import { AuthResponses } from '../http/sign-in/auth-responses.js';
import { SessionCookies } from '../http/browser/session-cookies.js';
import { AccessJwtStrategy } from '../http/strategies/access-jwt.strategy.js';
import { RefreshJwtStrategy } from '../http/strategies/refresh-jwt.strategy.js';

/**
 * Authentication for a Nest app: endpoints under `/auth`, guards, and the services behind them. Requires a TypeORM data
 * source with `authEntities` and `authMigrations`, or the option `database`. Use `forRoot(options)` or `forRootAsync({ inject, useFactory })`.
 */
@Module({
  providers: [
    ...withoutForRoot,
    {
      provide: ResolvedAuthOptions,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: (options: AuthModuleOptions) =>
        resolveOptions(options, { names: PART_NAMES, allowed: false }),
    },
    OptionWarnings,
    overriddenRoutes,
    ...databaseProviders,
    ...instanceProviders,
    ...keyProviders,
    ...tokenProviders,
    ...accountProviders,
    ...accountFlowProviders,
    ...passkeyProviders,
    ...edgeProviders,
    ...eventProviders,
    ...auditExportProviders,
    ...mailProviders,
    ...doctorProviders,
    RefreshJwtStrategy,
    JwtAuthGuard,
    RefreshJwtGuard,
    RolesGuard,
    GatewayErrors,
    UpgradedSockets,
    { provide: APP_FILTER, useClass: AuthExceptionFilter },
  ],
  exports: [
    AuthService,
    AccountAdmin,
    ...ACCOUNT_FLOWS,
    ...PASSKEY_EXPORTS,
    UserViews,
    RegisterBody,
    AuthDoctor,
    AuthReadiness,
    TokensService,
    SessionEndings,
    TokenIntrospection,
    Cleanup,
    AccountProtection,
    AuthEvents,
    AuditTrail,
    AlertWebhook,
    DatabaseNotifications,
    AuditExport,
    MailOutbox,
    MailWorker,
    Mails,
    UserStore,
    PasswordHasher,
    RevocationList,
    RedisConnection,
    SessionShards,
    KeyRotation,
    KeyRing,
    AuthInstances,
    ResourceClients,
    ClientAttempts,
    AccessJwtStrategy,
    RefreshJwtStrategy,
    ResolvedAuthOptions,
    EndpointPlan,
    AuthThrottlerStorage,
    SessionCookies,
    AuthResponses,
    TrustedOrigins,
    SilentRefresh,
    CsrfGuard,
    StepUpClock,
    JwtAuthGuard,
    RefreshJwtGuard,
    RolesGuard,
  ],
})
export class AuthModule extends ConfigurableModuleClass {
  /**
   * Registers the module with the given options and replaced parts. Invalid options stop the app at startup.
   * @throws AuthOptionsError if the call or a replaced part is invalid
   */
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    // Without options, the module gets far enough to report which ones are missing.
    const given = options ?? {};
    checkRootCall(given);
    if (given.database === undefined) offerEntities(given);
    const definition = super.forRoot(given);
    const { paths, off } = endpointPlan(given);
    const plan = { paths, off: new Set([...off, ...routesOff(switchesOf(given))]) };
    return { ...definition, controllers: placedControllers(definition.controllers ?? [], plan) };
  }

  /**
   * Registers the module with options from a provider: `useFactory`, `useClass` or `useExisting`. Pass the parts to
   * replace next to it. Invalid options stop the app at startup.
   * @throws AuthOptionsError if the call or a replaced part is invalid
   */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    const given = options ?? {};
    checkAsyncCall(given);
    // Whether there will be a `database` is not known yet. Entities that turn out not to be needed do no harm.
    offerEntities(given);
    const { controllers: all = [], ...rest } = super.forRootAsync(given);
    const controllers = placedControllers(all, endpointPlan(given), SWITCHED_BY_OPTIONS);
    const definition = {
      ...rest,
      controllers,
      providers: [...(rest.providers ?? []), lateRoutes(controllers)],
    };
    if (given.useFactory) return definition;
    return withCheckedSource(definition, given.useExisting ? 'useExisting' : 'useClass');
  }
}
