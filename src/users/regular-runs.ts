/** Text whose characters follow a pattern: `qwertyuiop`, `1qaz2wsx3edc`, `0123456789`, `aabbccdd`. */
export interface RegularRun {
  kind: 'keys' | 'sequence';
  /** How far the pattern reaches: the index after the last character that it explains. */
  end: number;
  /** About how many bits it takes to describe the pattern. */
  bits: number;
}

interface Layout {
  kind: RegularRun['kind'];
  places: ReadonlyMap<string, readonly [column: number, row: number]>;
  /** The length of each row if counting starts over at its end. */
  lengths?: readonly number[];
}

const DIGITS = '1234567890';
const KEYBOARDS = [
  ['1234567890-=', 'qwertyuiop[]', "asdfghjkl;'", 'zxcvbnm,./'],
  [DIGITS, 'qwertzuiopü', 'asdfghjklöä', 'yxcvbnm,.-'],
  [DIGITS, 'azertyuiop', 'qsdfghjklm', 'wxcvbn'],
  [DIGITS, "',.pyfgcrl/=", 'aoeuidhtns-', ';qjkxbmwvz'],
  [DIGITS, 'йцукенгшщзхъ', 'фывапролджэ', 'ячсмитьбю'],
  ['!@#$%^&*()_+', 'qwertyuiop{}', 'asdfghjkl:"', 'zxcvbnm<>?'],
  ['789', '456', '123', '0'],
];
const ALPHABETS = [
  '0123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'абвгдежзийклмнопрстуфхцчшщъыьэюя',
  'αβγδεζηθικλμνξοπρστυφχψω',
];
const LAYOUTS: readonly Layout[] = [
  { kind: 'sequence', places: placesIn(ALPHABETS), lengths: ALPHABETS.map((row) => row.length) },
  ...KEYBOARDS.map((rows) => ({ kind: 'keys' as const, places: placesIn(rows) })),
];

/** The longest pattern of moves that is recognized: down one column of four keys and up the next. */
const MAX_PERIOD = 8;
/** The least number of characters in a run. */
export const MIN_RUN_LENGTH = 3;
/** Where a run starts and how long it is. */
const START_BITS = 7;
const STEP_BITS = 2.5;
const JUMP_BITS = 6;
const MAX_BITS_PER_CHARACTER = 3.2;

/** Returns the regular runs that start at each character of `text`, in lower case: for each pattern, the longest. */
export function regularRuns(text: string): RegularRun[][] {
  const runs = Array.from(text, (): RegularRun[] => []);
  while (runs.length < text.length) runs.push([]); // a character may be two units
  for (const layout of LAYOUTS) {
    const moves = movesOf(text, layout);
    if (moves.some((move) => move !== null)) addRuns(runs, moves, layout.kind);
  }
  return runs;
}

/** Whether a run explains this many characters: a pattern that takes as long to describe as the text itself is none. */
export function explains({ end, bits }: RegularRun, start: number, length: number): boolean {
  return end >= start + length && bits < MAX_BITS_PER_CHARACTER * length;
}

function addRuns(runs: RegularRun[][], moves: readonly Move[], kind: RegularRun['kind']): void {
  for (let period = 1; period <= MAX_PERIOD; period++) {
    // Backward, so that each run is one longer than the run after it.
    let alike = 0;
    let known = 0;
    for (let start = moves.length - 1; start >= 0; start--) {
      const move = moves[start]!;
      known = move === null ? 0 : known + 1;
      alike = move !== null && isSame(move, moves[start + period]) ? alike + 1 : 0;
      const steps = Math.min(known, alike + period);
      if (steps < period || steps + 1 < MIN_RUN_LENGTH) continue;
      const bits = START_BITS + bitsOf(moves, start, period);
      const run = { kind, end: start + steps + 1, bits };
      if (explains(run, start, steps + 1)) runs[start]!.push(run);
    }
  }
}

/** From one character to the next: columns and rows. Null if either is not on the layout. */
type Move = readonly [columns: number, rows: number] | null;

function movesOf(text: string, { places, lengths }: Layout): Move[] {
  return Array.from({ length: Math.max(0, text.length - 1) }, (_, index): Move => {
    const [from, to] = [places.get(text[index]!), places.get(text[index + 1]!)];
    if (!from || !to) return null;
    const [columns, rows] = [to[0] - from[0], to[1] - from[1]];
    const around = rows === 0 && lengths?.[to[1]];
    return [around && Math.abs(columns) === around - 1 ? -Math.sign(columns) : columns, rows];
  });
}

function isSame(move: Move, other: Move | undefined): boolean {
  return !!move && !!other && move[0] === other[0] && move[1] === other[1];
}

function bitsOf(moves: readonly Move[], start: number, period: number): number {
  let bits = 0;
  for (const move of moves.slice(start, start + period)) {
    const isStep = Math.abs(move![0]) <= 1 && Math.abs(move![1]) <= 1;
    bits += isStep ? STEP_BITS : JUMP_BITS;
  }
  return bits;
}

function placesIn(rows: readonly string[]): Layout['places'] {
  return new Map(rows.flatMap((row, y) => [...row].map((key, x) => [key, [x, y] as const])));
}
