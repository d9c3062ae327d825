import { Header } from '@nestjs/common';

/**
 * Forbids every cache to keep what the methods of a controller answer (RFC 9111 §5.2.2.5); of errors the filter says so.
 * Not by an interceptor: one is enough to have each answer pass through observables.
 */
export function NoStore(): ClassDecorator {
  return ({ prototype }) => {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype as object))) {
      if (name !== 'constructor' && typeof descriptor.value === 'function')
        Header('Cache-Control', 'no-store')(prototype as object, name, descriptor);
    }
  };
}
