import { createRequire } from 'node:module';

let common: Set<string> | undefined;

/**
 * Whether this is, as a whole, one of some 49 000 passwords people really use; upper and lower case are the same. The
 * list is loaded at the first question: it takes 30 to 50 ms that a start, or a service that registers nobody, need not
 * spend.
 */
export function isCommonPassword(password: string): boolean {
  common ??= load();
  return common.has(password.toLowerCase());
}

function load(): Set<string> {
  const require = createRequire(import.meta.url);
  const { dictionary } = require('@zxcvbn-ts/language-common') as typeof import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
}
