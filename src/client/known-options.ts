/**
 * A mistyped option would otherwise be ignored without a word.
 * @throws TypeError that names the option and the nearest known one, or says what `needs` says if there are no options
 */
export function refuseUnknownOptions(options: object, known: Record<string, true>, needs: string): void {
  if (Object(options) !== options) throw new TypeError(needs);
  const names = Object.keys(known);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const nearest = names.find((name) => isNear(name, unknown));
  const advice = nearest ? `did you mean ${nearest}?` : `there are ${names.join(', ')}.`;
  throw new TypeError(`There is no option ${unknown}: ${advice}`);
}

/** Begins or ends alike: enough for a handful of names, in a file that every page loads. */
function isNear(known: string, name: string): boolean {
  const [a, b] = [known.toLowerCase(), name.toLowerCase()];
  return a.startsWith(b.slice(0, 3)) || a.endsWith(b.slice(-3));
}
