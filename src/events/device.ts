import { createRequire } from 'node:module';

let parse: typeof import('bowser').parse | undefined;

/** Returns a name to show to people, such as `Firefox on Linux`; `null` when the user agent is not recognized. */
export function deviceName(userAgent: string | null): string | null {
  if (!userAgent) return null;
  parse ??= load();
  const { browser, os } = parse(userAgent);
  return [browser.name, os.name].filter(Boolean).join(' on ') || null;
}

/** On first use, because a start does not need it. */
function load(): typeof import('bowser').parse {
  const require = createRequire(import.meta.url);
  return (require('bowser') as typeof import('bowser')).parse;
}
