import type { Provider } from '@nestjs/common';

/** A provider with a factory whose parameter types are checked against its dependencies. */
export function provide<Made, Needed extends unknown[]>(
  token: Extract<Provider, { provide: unknown }>['provide'],
  inject: Extract<Provider, { useFactory: unknown }>['inject'],
  useFactory: (...needed: Needed) => Made | Promise<Made>,
): Provider {
  return { provide: token, inject, useFactory: useFactory as (...needed: unknown[]) => Made };
}
