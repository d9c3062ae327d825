/** So that `JWT_SECRET` still finds `JWT_ACCESS_SECRET`, and what is further away finds nothing. */
const MOST_DIFFERENT = 0.42;

/** This many of its first letters stand for a name, however long it is. */
const CUT_SHORT = 5;

/** The known name that an unknown one was probably meant to be, for "did you mean …?"; else `undefined`. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((other) => ({ other, difference: differenceOf(name.toLowerCase(), other.toLowerCase()) }))
    .sort((a, b) => a.difference - b.difference);
  return best && best.difference <= MOST_DIFFERENT ? best.other : undefined;
}

/** From 0, the same, to 1: how many characters must be added, removed or replaced (Levenshtein), of the longer name's. */
function differenceOf(a: string, b: string): number {
  if (a.length >= CUT_SHORT && b.startsWith(a)) return 0;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, character] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (character === b[j - 1] ? 0 : 1));
    row = next;
  }
  const difference = row[b.length]! / Math.max(a.length, b.length);
  return hasAllWordsOf(a, b) ? difference / 2 : difference;
}

/** `JWT_SECRET` was more likely meant to be `JWT_ACCESS_SECRET` than `JWT_SCOPE`, which has fewer letters to change. */
function hasAllWordsOf(a: string, b: string): boolean {
  const [words, known] = [a.split('_'), b.split('_')];
  return words.length > 1 && words.every((word) => known.includes(word));
}
