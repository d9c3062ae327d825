import { createRequire } from 'node:module';

let common: Set<string> | undefined;

/**
 * Whether the whole password is one of about 49,000 that people really use; ignores case. The list is loaded on first
 * use: that takes 30 to 50 ms, which neither startup nor a service without registrations needs to spend.
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
