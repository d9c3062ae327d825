/** The result of a command: text for people, and data for programs with `--json`. */
export interface Outcome {
  text: string;
  json: unknown;
  /** Whether the command has written its output itself. Default `false`. */
  written?: boolean;
  /** Default 0. */
  exitCode?: ExitCode;
}

export const EXIT = {
  /** The command failed, or `doctor` found a problem. */
  FAILED: 1,
  /** The command line or the configuration is invalid. */
  USAGE: 2,
  /** The database or Redis is unavailable: try again. */
  UNAVAILABLE: 3,
} as const;

export type ExitCode = 0 | (typeof EXIT)[keyof typeof EXIT];

export const done = (text: string, json: unknown = { done: true }): Outcome => ({ text, json });

export const failed = (text: string): Outcome => ({ text, json: { error: text }, exitCode: EXIT.FAILED });

export const wrongUsage = (text: string): Outcome => ({ ...failed(text), exitCode: EXIT.USAGE });

export const noUser = (who: string): Outcome => failed(`There is no user ${who}.`);

/** A name or an address may come from anyone, so control sequences must not reach the terminal. */
const printable = (text: string) => text.replaceAll(/\p{Cc}/gu, '');

/** Formats rows under a heading, with each column as wide as its widest cell. */
export function table(heading: string[], rows: string[][]): string {
  const all = [heading, ...rows].map((row) => row.map(printable));
  const widths = heading.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  return all
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Formats one line per name and value, with the values aligned in a column. */
export function lines(pairs: [name: string, value: string][]): string {
  const width = Math.max(...pairs.map(([name]) => name.length)) + 1;
  return pairs.map(([name, value]) => `${`${name}:`.padEnd(width)} ${printable(value)}`).join('\n');
}

export const timeOf = (date: Date | null): string =>
  date ? `${date.toISOString().slice(0, 16).replace('T', ' ')}Z` : '';
