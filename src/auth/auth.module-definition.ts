import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { AuthModuleOptions } from '../options/auth-options.js';
import type { AuthModuleParts } from './auth-module-parts.js';
import { OWN_CONTROLLERS } from './routes/placed-controllers.js';
import { severalModules } from './several-modules/several-modules.js';
import { replaceableParts } from './providers/replaceable-parts.js';

/** Every part must be listed here, because Nest treats anything else as an option. */
const DEFAULT_PARTS = {
  imports: undefined,
  userStore: undefined,
  userEntity: undefined,
  sessionStore: undefined,
  passwordHasher: undefined,
  revocationList: undefined,
  accountMails: undefined,
  accountRecords: undefined,
  accessJwtStrategy: undefined,
  controllers: [...OWN_CONTROLLERS],
  path: undefined,
  routes: undefined,
  dataSource: undefined,
  isGlobal: true,
} satisfies Record<keyof AuthModuleParts, unknown>;

export const PART_NAMES = Object.keys(DEFAULT_PARTS);

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<AuthModuleOptions>({ moduleName: 'Auth' })
    .setClassMethodName('forRoot')
    .setExtras<AuthModuleParts>(DEFAULT_PARTS, (definition, parts) => ({
      ...definition,
      global: parts.isGlobal,
      controllers: parts.controllers,
      imports: [...(definition.imports ?? []), ...(parts.imports ?? [])],
      providers: [...(definition.providers ?? []), ...severalModules(parts), ...replaceableParts(parts)],
    }))
    .build();
