import type { LatchkeyClientOptions } from './client-types.js';
import { refuseUnknownOptions } from './known-options.js';

const KNOWN = {
  baseUrl: true,
  transport: true,
  storage: true,
  onSignedOut: true,
  fetch: true,
} satisfies Record<keyof LatchkeyClientOptions, true>;

/** All but `baseUrl`. @throws TypeError that says what to write instead */
export function checkOptions(options: LatchkeyClientOptions): void {
  refuseUnknownOptions(options, KNOWN, 'createLatchkeyClient needs options: { baseUrl, transport }.');
  const { transport, storage } = options;
  if (transport !== 'cookie' && transport !== 'body')
    throw new TypeError("transport must be 'cookie' or 'body'.");
  if (storage && !isFunction(storage) && !(isFunction(storage.getItem) && isFunction(storage.setItem)))
    throw new TypeError('storage must have getItem and setItem.');
  for (const name of ['onSignedOut', 'fetch'] as const)
    if (!isFunction(options[name] ?? isFunction)) throw new TypeError(`${name} must be a function.`);
}

const isFunction = (value: unknown): value is () => unknown => typeof value === 'function';
