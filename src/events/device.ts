import { parse } from 'bowser';

/** For people, such as `Firefox on Linux`; `null` when the user agent says nothing known. */
export function deviceName(userAgent: string | null): string | null {
  if (!userAgent) return null;
  const { browser, os } = parse(userAgent);
  return [browser.name, os.name].filter(Boolean).join(' on ') || null;
}
