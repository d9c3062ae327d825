import type { OnModuleInit, Type } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { AuthOptionsError } from '../../options/options-error.js';
import { enhancersOf, inheritRoutes, isRoute } from './inherited-routes.js';
import type { NestModule } from '../several-modules/neighbors.js';
import { ownControllerOf } from './placed-controllers.js';
import { provide } from '../providers/provide.js';

/** In Nest's words, the context of everything that is not made for each request. */
const STATIC_CONTEXT = { id: 1 };

/**
 * Keeps the guards and limits of routes that a host overrides in a controller of one of its own modules: see
 * {@link inheritRoutes}. Those that are listed in `controllers` have them already.
 */
export class OverriddenRoutes implements OnModuleInit {
  constructor(private readonly modules: ModulesContainer) {}

  /** Must be done before Nest maps the routes, which it does before it calls any hook. */
  async complete(): Promise<this> {
    for (const module of this.modules.values())
      for (const controller of extendingControllersOf(module)) {
        inheritRoutes(controller, ownControllerOf(controller)!);
        for (const enhancer of enhancersOf(controller))
          if (!module.injectables.has(enhancer as Type)) await addEnhancer(module, enhancer as Type);
      }
    return this;
  }

  /** A function in a property has none of the guards, and is known only now. */
  onModuleInit(): void {
    for (const { controllers } of this.modules.values())
      for (const { instance, metatype } of controllers.values())
        if (instance && ownControllerOf(metatype as Type)) assertMethods(instance, metatype as Type);
  }
}

export const overriddenRoutes = provide(OverriddenRoutes, [ModulesContainer], (modules: ModulesContainer) =>
  new OverriddenRoutes(modules).complete(),
);

function extendingControllersOf({ controllers }: NestModule): Type[] {
  return [...controllers.values()]
    .map(({ metatype }) => metatype as Type)
    .filter((controller) => ownControllerOf(controller) !== undefined);
}

/** Nest has already looked for what it must instantiate in this module. Without an instance, it would skip the guard. */
async function addEnhancer(module: NestModule, enhancer: Type): Promise<void> {
  const { instance: moduleRef } = module.providers.get(ModuleRef)!;
  const instance: object = await (moduleRef as ModuleRef).create(enhancer);
  await (instance as Partial<OnModuleInit>).onModuleInit?.();
  module.addInjectable(enhancer, 'guard');
  const wrapper = module.injectables.get(enhancer)!;
  wrapper.setInstanceByContextId(STATIC_CONTEXT, { instance, isResolved: true, isConstructorCalled: true });
}

function assertMethods(instance: object, { name: controller, prototype }: Type): void {
  const methods = prototype as Record<string, unknown>;
  for (const [name, value] of Object.entries(instance))
    if (typeof value === 'function' && isRoute(methods[name]) && !isRoute(value))
      throw new AuthOptionsError([
        {
          option: 'controllers',
          message: `cannot keep the guards of ${name} in ${controller}, which is a property: write it as a method, ${name}(…) { … }`,
        },
      ]);
}
