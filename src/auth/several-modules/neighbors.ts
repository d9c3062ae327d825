import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';

export type NestModule = ModulesContainer extends Map<string, infer Module> ? Module : never;

/** The modules of an app that `forRoot` or `forRootAsync` has made, by a provider that only they have. */
export function authModulesIn(
  modules: ModulesContainer,
  mark: Type | symbol | (abstract new (...args: never[]) => object),
) {
  return [...modules.values()].filter(({ providers }) => providers.has(mark as Type));
}

/** A route that two of the modules have. */
export function sharedRoute(modules: readonly NestModule[]): string | undefined {
  const owners = new Map<string, NestModule>();
  for (const module of modules)
    for (const { metatype } of module.controllers.values())
      for (const route of routesOf(metatype as Type)) {
        // Express does not distinguish upper from lower case.
        const key = route.toLowerCase();
        // One module may declare a route twice: options then decide which of the two exists.
        if ((owners.get(key) ?? module) !== module) return `/${route.slice(route.indexOf(' ') + 1)}`;
        owners.set(key, module);
      }
  return undefined;
}

/** Nest's keys for the paths and the HTTP method of a route. */
const [PATH, METHOD] = ['path', 'method'];

function routesOf(controller: Type): Set<string> {
  const routes = new Set<string>();
  const methods = controller.prototype as Record<string, unknown>;
  for (const name of namesOf(methods)) {
    const method = methods[name];
    if (typeof method !== 'function' || !Reflect.hasMetadata(PATH, method)) continue;
    for (const base of listOf(Reflect.getMetadata(PATH, controller)))
      for (const path of listOf(Reflect.getMetadata(PATH, method)))
        routes.add(`${String(Reflect.getMetadata(METHOD, method))} ${joined(base, path)}`);
  }
  return routes;
}

function namesOf(prototype: object): string[] {
  if (prototype === Object.prototype) return [];
  const own = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return [...own, ...namesOf(Object.getPrototypeOf(prototype) as object)];
}

const listOf = (value: unknown) => [value].flat().filter((entry) => typeof entry === 'string');
const joined = (...paths: string[]) => paths.flatMap((path) => path.split('/').filter(Boolean)).join('/');

/** Something that uses one of the modules where two of them can be reached: Nest would choose one. */
export function ambiguousUser(
  modules: ModulesContainer,
  auth: readonly NestModule[],
): { module: string; name: string } | undefined {
  const exported = new Set<unknown>(auth.flatMap((module) => [...module.exports]));
  for (const module of modules.values()) {
    if (auth.includes(module) || reachableFrom(module, auth).size < 2) continue;
    for (const { name, metatype, inject } of wrappersOf(module)) {
      const needed: unknown[] = inject?.map(tokenOf) ?? dependenciesOf(metatype as Type | null);
      if (needed.some((token) => exported.has(token)))
        return {
          module: module.name,
          name: typeof name === 'string' ? name : String((metatype as Type)?.name),
        };
    }
  }
  return undefined;
}

function wrappersOf({ controllers, providers, injectables }: NestModule) {
  return [...controllers.values(), ...injectables.values(), ...providers.values()];
}

const tokenOf = (entry: unknown) => (entry as { token?: unknown } | undefined)?.token ?? entry;

function dependenciesOf(metatype: Type | null): unknown[] {
  if (typeof metatype !== 'function') return [];
  const types = (Reflect.getMetadata('design:paramtypes', metatype) ?? []) as unknown[];
  const tokens = (Reflect.getMetadata('self:paramtypes', metatype) ?? []) as { param: unknown }[];
  const properties = (Reflect.getMetadata('self:properties_metadata', metatype) ?? []) as { type: unknown }[];
  return [...types, ...tokens.map(({ param }) => param), ...properties.map(({ type }) => type)];
}

/** Through imports, and through what imported modules export again. */
function reachableFrom(module: NestModule, auth: readonly NestModule[], seen = new Set<NestModule>()) {
  const found = new Set<NestModule>();
  for (const imported of module.imports) {
    if (auth.includes(imported)) found.add(imported);
    else if (!seen.has(imported)) {
      seen.add(imported);
      for (const each of reachableFrom(imported, auth, seen))
        if (imported.exports.has(each.metatype)) found.add(each);
    }
  }
  return found;
}
