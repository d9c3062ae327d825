/** Reads a member of a value of unknown shape; `undefined` where there is none. */
export function member(value: unknown, name: string): unknown {
  return isObject(value) ? (value as Record<string, unknown>)[name] : undefined;
}

/** Calls a method without arguments, or with one; `undefined` where there is no such method. */
export function call(value: unknown, name: string, argument?: string): unknown {
  const method = member(value, name);
  return typeof method === 'function' ? method.call(value, argument) : undefined;
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
