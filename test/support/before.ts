/**
 * Does `work` once, right before the next call of one of these methods, and then makes that call.
 * @returns what puts the methods back
 */
export function before<T extends object>(
  prototype: T,
  names: (keyof T)[],
  work: () => Promise<unknown>,
): () => void {
  const originals = names.map((name) => prototype[name]);
  const restore = () => names.forEach((name, i) => (prototype[name] = originals[i]!));
  let isDone = false;
  names.forEach((name, i) => {
    const original = originals[i] as (...args: unknown[]) => unknown;
    prototype[name] = async function (this: T, ...args: unknown[]) {
      if (!isDone) {
        isDone = true;
        await work();
      }
      return original.apply(this, args);
    } as T[keyof T];
  });
  return restore;
}
