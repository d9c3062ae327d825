import type { Provider, Type } from '@nestjs/common';
import { ForwardAuthController } from '../../http/forward-auth/forward-auth.controller.js';
import { EndpointPlan, type RouteName } from '../../http/shared/endpoint-plan.js';
import { AuthController } from '../../http/sign-in/auth.controller.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { methodsFor, switchRoute } from './placed-controllers.js';
import { provide } from '../providers/provide.js';

/** The controllers with routes that options turn off. */
export const SWITCHED_BY_OPTIONS: readonly Type[] = [AuthController, ForwardAuthController];

interface Switches {
  forwardAuth: boolean;
  registration: { enabled: boolean };
}

/** The routes that options turn off. */
export function routesOff({ forwardAuth, registration }: Switches): Set<RouteName> {
  const off = new Set<RouteName>();
  if (!forwardAuth) off.add('forwardAuth');
  if (!registration.enabled) off.add('register');
  return off;
}

/**
 * With `forRootAsync`, the options are known only after Nest has read the controllers, but before it maps their routes.
 * A route that is off is then not there at all, as with `forRoot`.
 */
export function lateRoutes(controllers: readonly Type[]): Provider {
  return provide(
    Symbol('LateRoutes'),
    [ResolvedAuthOptions, EndpointPlan],
    (options: ResolvedAuthOptions, plan: EndpointPlan) => {
      const off = routesOff(options);
      const switched = new Set<RouteName>(
        (['forwardAuth', 'register'] as const).filter((route) => !plan.off.has(route)),
      );
      for (const controller of controllers)
        for (const method of methodsFor(controller, switched))
          switchRoute(controller, method, !methodsFor(controller, off).includes(method));
      return off;
    },
  );
}
