import type { ExecutionContext } from '@nestjs/common';

/**
 * Remembers what `read` says of a route. Decorators do not change once the app runs, and to look them up costs about as
 * much as to check a token that is known. By class as well as handler: an inherited method is one function in two controllers.
 */
export function oncePerRoute<T extends object>(
  read: (context: ExecutionContext) => T,
): (context: ExecutionContext) => T {
  const known = new WeakMap<object, WeakMap<object, T>>();
  return (context) => {
    const [controller, handler] = [context.getClass(), context.getHandler()];
    let routes = known.get(controller);
    if (!routes) known.set(controller, (routes = new WeakMap()));
    let found = routes.get(handler);
    if (!found) routes.set(handler, (found = read(context)));
    return found;
  };
}
