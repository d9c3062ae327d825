import { InternalError } from '../errors/auth-errors.js';
import { callHost } from '../errors/host-call.js';
import type { PartAnswer, PartAnswers } from './part-answers.js';

/** Nest calls these on the part itself. If it found them here as well, it would call them twice. */
const HOOKS = new Set<PropertyKey>([
  'onModuleInit',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
]);

/**
 * Stands in front of a part of the host: the same object for everyone who uses it, except that the methods of its port
 * fail when they do not keep the contract, and fail in bounded time. See {@link callHost}.
 * @param port the name of the port, for messages
 */
export function checkedPart<Port extends object>(port: string, part: Port, answers: PartAnswers<Port>): Port {
  const methods = new Map<PropertyKey, { original: unknown; checked: unknown }>();
  /** Methods that a test has replaced here. */
  const replaced = new Map<PropertyKey, unknown>();

  const methodOf = (name: PropertyKey, original: (...args: unknown[]) => unknown) => {
    const known = methods.get(name);
    if (known?.original === original) return known.checked;
    const answer = (answers as Record<PropertyKey, PartAnswer | undefined>)[name];
    const bound = original.bind(part);
    const checked = answer
      ? checkedMethod(`${port}.${String(name)} of ${nameOf(part)}`, bound, answer)
      : bound;
    methods.set(name, { original, checked });
    return checked;
  };

  return new Proxy(part, {
    get(_, name) {
      if (replaced.has(name)) return replaced.get(name);
      if (HOOKS.has(name)) return undefined;
      const value: unknown = Reflect.get(part, name, part);
      return typeof value === 'function' && name !== 'constructor' ? methodOf(name, value as never) : value;
    },
    set(_, name, value) {
      if (typeof value !== 'function') return Reflect.set(part, name, value, part);
      replaced.set(name, value);
      return true;
    },
    defineProperty(_, name, descriptor) {
      if (typeof descriptor.value !== 'function') return Reflect.defineProperty(part, name, descriptor);
      replaced.set(name, descriptor.value);
      return true;
    },
    deleteProperty(_, name) {
      return replaced.delete(name) || Reflect.deleteProperty(part, name);
    },
  });
}

function checkedMethod(
  name: string,
  method: (...args: unknown[]) => unknown,
  { sync, belongs, ...answer }: PartAnswer,
): (...args: unknown[]) => unknown {
  const call = { name, ...answer };
  if (sync) return (...args) => callHost(call, () => method(...args));
  // An error thrown synchronously becomes a rejection too.
  return async (...args) => {
    const given = await callHost(call, () => method(...args));
    if (belongs?.(given, args) === false)
      throw new InternalError({
        cause: new Error(`${name} answered with the record of another id or address`),
      });
    return given;
  };
}

function nameOf(part: object): string {
  return part.constructor?.name || 'the host';
}
