import type { ExecutionContext } from '@nestjs/common';

/**
 * Remembers what `read` says of a route. Decorators do not change once the app runs, and to look them up costs about as
 * much as to check a token that is known. By class as well as handler: an inherited method is one function in two controllers.
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
