import type { Provider } from '@nestjs/common';

/** A provider made by a function of other providers; its types say what goes in. */
export function provide<Made, Needed extends unknown[]>(
  token: Extract<Provider, { provide: unknown }>['provide'],
  inject: Extract<Provider, { useFactory: unknown }>['inject'],
  useFactory: (...needed: Needed) => Made | Promise<Made>,
): Provider {
  return { provide: token, inject, useFactory: useFactory as (...needed: unknown[]) => Made };
}
