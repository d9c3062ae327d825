/** What a command has to say: for people, and with `--json` for programs. */
export interface Outcome {
  text: string;
  json: unknown;
  /** 0 unless said otherwise. */
  exitCode?: ExitCode;
}

export const EXIT = {
  /** What was asked for could not be done, or `doctor` found something wrong. */
  FAILED: 1,
  /** The command line or the configuration is wrong. */
  USAGE: 2,
  /** The database, or Redis, is away: try again. */
  UNAVAILABLE: 3,
} as const;

export type ExitCode = 0 | (typeof EXIT)[keyof typeof EXIT];

export const done = (text: string, json: unknown = { done: true }): Outcome => ({ text, json });

export const failed = (text: string): Outcome => ({ text, json: { error: text }, exitCode: EXIT.FAILED });

export const wrongUsage = (text: string): Outcome => ({ ...failed(text), exitCode: EXIT.USAGE });

export const noUser = (who: string): Outcome => failed(`There is no user ${who}.`);

/** Names and addresses come from outside: control sequences in them must not reach the terminal. */
const printable = (text: string) => text.replaceAll(/\p{Cc}/gu, '');

/** Columns as wide as their widest cell, under a heading. */
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

/** A line for each name and its value, with the values aligned. */
export function lines(pairs: [name: string, value: string][]): string {
  const width = Math.max(...pairs.map(([name]) => name.length)) + 1;
  return pairs.map(([name, value]) => `${`${name}:`.padEnd(width)} ${printable(value)}`).join('\n');
}

export const timeOf = (date: Date | null): string =>
  date ? `${date.toISOString().slice(0, 16).replace('T', ' ')}Z` : '';
