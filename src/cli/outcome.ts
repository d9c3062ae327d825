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

/** Columns as wide as their widest cell, under a heading. */
export function table(heading: string[], rows: string[][]): string {
  const widths = heading.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]!.length)));
  return [heading, ...rows]
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export const timeOf = (date: Date | null): string =>
  date ? `${date.toISOString().slice(0, 16).replace('T', ' ')}Z` : '';
