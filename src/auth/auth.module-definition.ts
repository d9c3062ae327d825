import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { AuthModuleOptions } from '../options/auth-options.js';
import type { AuthModuleParts } from './auth-module-parts.js';
import { offerEntities } from './own-tables.js';
import { replaceableParts } from './providers/replaceable-parts.js';
import { AuthController } from '../http/sign-in/auth.controller.js';
import { EventsController } from '../http/events/events.controller.js';
import { ForwardAuthController } from '../http/forward-auth/forward-auth.controller.js';
import { OAuthController } from '../http/oauth/oauth.controller.js';
import { PasswordController } from '../http/password/password.controller.js';
import { SessionsController } from '../http/sessions/sessions.controller.js';
import { WellKnownController } from '../http/oauth/well-known.controller.js';

/** Every part must be listed here, because Nest treats anything else as an option. */
const DEFAULT_PARTS = {
  imports: undefined,
  userStore: undefined,
  sessionStore: undefined,
  passwordHasher: undefined,
  revocationList: undefined,
  accessJwtStrategy: undefined,
  controllers: [
    AuthController,
    PasswordController,
    SessionsController,
    EventsController,
    ForwardAuthController,
    OAuthController,
    WellKnownController,
  ],
  dataSource: undefined,
  isGlobal: true,
} satisfies Record<keyof AuthModuleParts, unknown>;

export const PART_NAMES = Object.keys(DEFAULT_PARTS);

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<AuthModuleOptions>({ moduleName: 'Auth' })
    .setClassMethodName('forRoot')
    .setExtras<AuthModuleParts>(DEFAULT_PARTS, (definition, parts) => {
      offerEntities(parts);
      return {
        ...definition,
        global: parts.isGlobal,
        controllers: parts.controllers,
        imports: [...(definition.imports ?? []), ...(parts.imports ?? [])],
        providers: [...(definition.providers ?? []), ...replaceableParts(parts)],
      };
    })
    .build();
