const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** A length of time as people write it: a whole number and a unit, such as `10s`, `15m`, `12h`, `7d`. */
export type Duration = `${number}${keyof typeof UNITS}`;

/** The whole seconds a {@link Duration} lasts, or `null` when the text is not one. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  return match ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : null;
}

/** A hundred years, in seconds: what is longer is a slip, and dates end somewhere. */
export const LONGEST_DURATION = 36_500 * UNITS.d;

/** As {@link parseDuration} reads it. */
export function printDuration(seconds: number): Duration {
  return seconds > 0 && seconds % UNITS.d === 0 ? `${seconds / UNITS.d}d` : `${seconds}s`;
}
