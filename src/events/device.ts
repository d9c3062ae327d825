import { parse } from 'bowser';

/** Returns a name to show to people, such as `Firefox on Linux`; `null` when the user agent is not recognized. */
export function deviceName(userAgent: string | null): string | null {
  if (!userAgent) return null;
  const { browser, os } = parse(userAgent);
  return [browser.name, os.name].filter(Boolean).join(' on ') || null;
}
