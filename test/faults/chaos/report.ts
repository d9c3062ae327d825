import type { History } from './history.js';
import type { Strike } from './operation.js';

/** What a run has found. */
export interface Report {
  seed: number;
  seconds: number;
  operations: number;
  sessions: number;
  people: number;
  counts: Record<string, number>;
  strikes: Record<string, number>;
  longestWithoutSuccessMs: number;
  longestRecoveryMs: number;
  slowestAnswerMs: number;
  violations: string[];
  /** Where everything is written, if there were violations. */
  log?: string;
}

export function tally(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

export function countsOf({ counts }: History): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b)));
}

export const namesOf = (strikes: readonly Strike[]) => strikes.map(({ name }) => name);

/** The report as text, in tables that Markdown understands. */
export function textOf(report: Report): string {
  const { seed, seconds, operations, sessions, people, violations, log } = report;
  const second = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  const rows: [string, unknown][] = [
    ['time', `${Math.round(seconds)} s, seed ${seed}`],
    ['operations', `${operations}, ${(operations / seconds).toFixed(1)} per second`],
    ['people and their sessions', `${people}, ${sessions}`],
    ['longest time without a success', second(report.longestWithoutSuccessMs)],
    ['longest recovery after a fault', second(report.longestRecoveryMs)],
    ['slowest answer', second(report.slowestAnswerMs)],
    ...Object.entries(report.counts),
    ...Object.entries(report.strikes),
    ['violations', violations.length],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `| ${name.padEnd(width)} | ${String(value)} |`);
  const kept = log ? [`Everything that was done is in ${log}.`] : [];
  return ['', ...table, '', ...violations, ...kept].join('\n');
}
