import type { ExecutionContext } from '@nestjs/common';

/**
 * Caches the result of `read` per route. Decorators do not change once the app runs, and looking them up costs about as
 * much as checking a known token. Keyed by class and handler, because two controllers share an inherited method.
 */
export function oncePerRoute<T extends object>(
  read: (context: ExecutionContext) => T,
): (context: ExecutionContext) => T {
  const known = new WeakMap<object, { controller: object; found: T }[]>();
  return (context) => {
    const [controller, handler] = [context.getClass(), context.getHandler()];
    let routes = known.get(handler);
    if (!routes) known.set(handler, (routes = []));
    for (const route of routes) if (route.controller === controller) return route.found;
    const found = read(context);
    routes.push({ controller, found });
    return found;
  };
}
