const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** A length of time: a whole number and a unit, such as `10s`, `15m`, `12h` or `7d`. */
export type Duration = `${number}${keyof typeof UNITS}`;

/** Returns a {@link Duration} in seconds, or `null` if the text is not a duration. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  return match ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : null;
}

/** A hundred years, in seconds. Anything longer is a mistake, and would exceed the range of dates. */
export const LONGEST_DURATION = 36_500 * UNITS.d;

/** Formats seconds so that {@link parseDuration} reads them back. */
export function printDuration(seconds: number): Duration {
  return seconds > 0 && seconds % UNITS.d === 0 ? `${seconds / UNITS.d}d` : `${seconds}s`;
}
