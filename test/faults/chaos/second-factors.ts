import type { Operation } from './operation.js';

/** Whoever has a second factor needs it, and no code passes twice. */
export function brokenFactors(operations: readonly Operation[]): string[] {
  const done = operations.filter(({ outcome }) => outcome === 'done');
  const used = done.filter(({ code }) => code !== undefined).map(({ code }) => code);
  const twice = new Set(used.filter((code, n) => used.indexOf(code) < n));
  const addedAt = done.find(({ kind, code }) => kind === 'add factor' && code !== undefined)?.at ?? Infinity;
  const without = done.filter(({ kind, sentAt }) => kind === 'login' && sentAt > addedAt);
  return [
    ...[...twice].map((code) => `the code ${code} passed twice`),
    ...without.map(({ sentAt }) => `a login sent at ${new Date(sentAt).toISOString()} passed without a code`),
  ];
}
