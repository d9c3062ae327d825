/** Nest's own keys, which are stable but not exported from its main entry in every version. */
const PATH = 'path';
const ROUTE_ARGUMENTS = '__routeArguments__';
const PARAMETER_TYPES = 'design:paramtypes';

/** What Nest adds up instead of replacing: an override's own come after those it inherits. */
const LISTS = ['__guards__', '__pipes__', '__interceptors__', '__exceptionFilters__', '__headers__'];

/** Methods that are no routes although they override one. */
const unrouted = new WeakSet<object>();

/** Makes {@link inheritRoutes} leave a method alone: its route is off. */
export function withoutRoute<Method extends object>(method: Method): Method {
  unrouted.add(method);
  return method;
}

type Method = (...args: never[]) => unknown;
type Class = abstract new (...args: never[]) => object;

/**
 * Gives each method that overrides a route what decorators said about that route: Nest reads them from the method
 * itself, so that without this an override would have no rate limit and no guard. What the override says itself wins,
 * except that guards, pipes, interceptors, filters and headers are added. Idempotent.
 */
export function inheritRoutes(controller: Class, base: Class): void {
  const chain: object[] = [];
  for (
    let proto = controller.prototype as object;
    proto !== base.prototype;
    proto = Object.getPrototypeOf(proto)
  )
    chain.unshift(proto);
  for (const proto of chain) {
    const above = Object.getPrototypeOf(proto) as Record<string, unknown>;
    for (const name of Object.getOwnPropertyNames(proto)) {
      const [own, overridden] = [methodOf(proto, name), above[name]];
      if (name === 'constructor' || !own || !isRoute(overridden) || unrouted.has(own)) continue;
      inheritMetadata(overridden, own);
      inheritParameters(proto, above, name);
    }
  }
}

/** Whether a method has a route of its own or, after {@link inheritRoutes}, an inherited one. */
export function isRoute(method: unknown): method is Method {
  return typeof method === 'function' && Reflect.hasOwnMetadata(PATH, method);
}

/** The classes that Nest must instantiate for the routes of a controller: guards, pipes, interceptors and filters. */
export function enhancersOf(controller: Class): Set<unknown> {
  const found = new Set<unknown>();
  for (
    let proto = controller.prototype as object;
    proto !== Object.prototype;
    proto = Object.getPrototypeOf(proto)
  )
    for (const name of Object.getOwnPropertyNames(proto)) {
      const method = methodOf(proto, name);
      if (!isRoute(method)) continue;
      for (const key of LISTS.filter((each) => each !== '__headers__'))
        for (const enhancer of listOf(method, key)) if (typeof enhancer === 'function') found.add(enhancer);
    }
  return found;
}

function methodOf(proto: object, name: string): Method | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(proto, name)?.value;
  return typeof value === 'function' ? (value as Method) : undefined;
}

function listOf(method: object, key: string): unknown[] {
  return (Reflect.getOwnMetadata(key, method) ?? []) as unknown[];
}

function inheritMetadata(from: Method, to: Method): void {
  for (const key of Reflect.getOwnMetadataKeys(from) as string[]) {
    if (!Reflect.hasOwnMetadata(key, to)) Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, from), to);
    else if (LISTS.includes(key)) {
      const inherited = listOf(from, key);
      const added = listOf(to, key).filter((each) => !inherited.includes(each));
      Reflect.defineMetadata(key, [...inherited, ...added], to);
    }
  }
}

type Arguments = Record<string, { index: number }>;

/**
 * Nest adds the parameters' decorators of an override to the inherited ones. This leaves one per parameter, and makes
 * our validation see the inherited DTO where the override declares a type that validates nothing.
 */
function inheritParameters(proto: object, above: object, name: string): void {
  const inherited = argumentsOf(above.constructor, name);
  const all = argumentsOf(proto.constructor, name);
  const isOwn = (key: string) => inherited[key] !== all[key];
  const replaced = new Set(
    Object.keys(all)
      .filter(isOwn)
      .map((key) => all[key]!.index),
  );
  const kept = Object.entries(all).filter(([key, { index }]) => isOwn(key) || !replaced.has(index));
  if (replaced.size > 0)
    Reflect.defineMetadata(ROUTE_ARGUMENTS, Object.fromEntries(kept), proto.constructor, name);

  const types = Reflect.getOwnMetadata(PARAMETER_TYPES, proto, name) as unknown[] | undefined;
  if (!types) return;
  const theirs = (Reflect.getMetadata(PARAMETER_TYPES, above, name) ?? []) as unknown[];
  const merged = [...types];
  for (const [index, type] of theirs.entries())
    if (!replaced.has(index) && isOwnClass(type) && !isSameOrSubclass(types[index], type))
      merged[index] = type;
  Reflect.defineMetadata(PARAMETER_TYPES, merged, proto, name);
}

function argumentsOf(constructor: unknown, name: string): Arguments {
  return (Reflect.getMetadata(ROUTE_ARGUMENTS, constructor as object, name) ?? {}) as Arguments;
}

const BUILT_IN = new Set<unknown>([Object, String, Number, Boolean, Array, Promise]);

function isOwnClass(type: unknown): type is Class {
  return typeof type === 'function' && !BUILT_IN.has(type);
}

function isSameOrSubclass(type: unknown, base: Class): boolean {
  return type === base || (typeof type === 'function' && type.prototype instanceof base);
}
