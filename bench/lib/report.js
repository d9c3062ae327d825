// The tables on the terminal.
import { settings } from './settings.js';

const number = (value) =>
  value >= 1000
    ? Math.round(value).toLocaleString('en').replaceAll(',', ' ')
    : value >= 100
      ? value.toFixed(0)
      : value.toPrecision(value >= 1 ? 3 : 2);

export function print({ title, results, targets = [], notes = [] }) {
  console.log(`\n${title}\n`);
  if (settings.smoke) console.log('  (a smoke run: it works, but the figures mean nothing)');
  const rows = Object.entries(results).map(([name, { rate, cpu, p50, p99 }]) => [
    name,
    number(rate.value),
    `(${number(rate.low)} to ${number(rate.high)})`,
    cpu ? number(cpu.value) : '',
    p50 ? number(p50.value) : '',
    p99 ? number(p99.value) : '',
  ]);
  if (rows.length > 0) table([['', 'per second', 'spread', 'CPU us each', 'p50 ms', 'p99 ms'], ...rows]);
  for (const note of notes) console.log(`  ${note}`);
  if (targets.length > 0) console.log('');
  if (targets.length > 0)
    table([['target', 'required', 'measured', 'by CPU', ''], ...targets.map(targetRow)]);
}

/** `value` is compared with `atLeast` or `atMost`. */
export const isMet = ({ value, atLeast = -Infinity, atMost = Infinity }) =>
  value >= atLeast && value <= atMost;

function targetRow(target) {
  const { what, value, byCpu, atLeast, atMost, unit = '' } = target;
  return [
    what,
    `${atLeast === undefined ? '<=' : '>='} ${atLeast ?? atMost}${unit}`,
    `${number(value)}${unit}`,
    byCpu === undefined ? '' : number(byCpu),
    isMet(target) ? 'met' : 'NOT MET',
  ];
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    console.log(
      `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')}`,
    );
}
