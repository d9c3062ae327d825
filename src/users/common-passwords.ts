import { createRequire } from 'node:module';

let ranks: Map<string, number> | undefined;

/**
 * The place of a password among about 49,000 that people really use, 1 for the most common one; `undefined` if it is
 * not among them. Expects lower case. The list is loaded on first use: that takes 30 to 50 ms, which neither startup
 * nor a service without registrations needs to spend.
 */
export function rankOfCommonPassword(password: string): number | undefined {
  ranks ??= load();
  return ranks.get(password);
}

function load(): Map<string, number> {
  const require = createRequire(import.meta.url);
  const { dictionary } = require('@zxcvbn-ts/language-common') as typeof import('@zxcvbn-ts/language-common');
  return new Map(dictionary['passwords-common'].map((password, index) => [password, index + 1]));
}
