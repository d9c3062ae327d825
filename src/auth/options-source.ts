import type { DynamicModule, Provider } from '@nestjs/common';
import { AuthOptionsError } from '../options/options-error.js';
import { MODULE_OPTIONS_TOKEN } from './auth.module-definition.js';

/**
 * Gets the options from the instance of `useClass` or `useExisting` as Nest does, but explains a missing `create`. It
 * may be a property that the constructor sets, so only the instance shows whether it exists.
 */
export function withCheckedSource(
  definition: DynamicModule,
  source: 'useClass' | 'useExisting',
): DynamicModule {
  const checked = (provider: Provider): Provider =>
    'useFactory' in provider && provider.provide === MODULE_OPTIONS_TOKEN
      ? { ...provider, useFactory: (instance: unknown) => optionsOf(instance, source) }
      : provider;
  return { ...definition, providers: definition.providers?.map(checked) };
}

function optionsOf(instance: unknown, source: string): unknown {
  const { create, constructor } = Object(instance) as { create?: unknown; constructor?: { name?: string } };
  if (typeof create === 'function') return create.call(instance);
  const name = constructor?.name || 'Mine';
  const message = `has no method create: write class ${name} { create() { return { jwt: { … } }; } }, or pass useFactory`;
  throw new AuthOptionsError([{ option: source, message }]);
}
