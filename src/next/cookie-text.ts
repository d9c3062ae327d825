interface Pair {
  name: string;
  value: string;
}

/**
 * The cookies of a `Cookie` header, not decoded. Two with the same name are both ignored: one of them was planted
 * (cookie tossing). So is a cookie without a name.
 */
export function readCookies(header: string | null): Map<string, string> {
  const pairs = pairsIn(header);
  const counts = new Map<string, number>();
  for (const { name } of pairs) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(pairs.flatMap(({ name, value }) => (counts.get(name) === 1 ? [[name, value]] : [])));
}

/** The `Cookie` header without all cookies of these names, and with the cookies that `Set-Cookie` lines set. */
export function replaceCookies(header: string | null, names: string[], lines: string[]): string {
  const set = setCookiesIn(lines);
  const isReplaced = (name: string) => names.includes(name) || set.has(name);
  const kept = partsOf(header).filter((part) => !isReplaced(pairIn(part)?.name ?? ''));
  const made = [...set].filter(([, value]) => value !== '').map(([name, value]) => `${name}=${value}`);
  return [...kept.map(stripped).filter(Boolean), ...made].join('; ');
}

/** Our cookies that a `Cookie` header has more than once. Other parsers, such as Next's, take one of them. */
export function repeatedIn(header: string | null, names: string[]): string[] {
  const pairs = pairsIn(header);
  return names.filter((name) => pairs.filter((pair) => pair.name === name).length > 1);
}

export function writeCookies(cookies: Map<string, string>): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
}

/** What `Set-Cookie` lines set, by name. An empty value deletes the cookie. */
export function setCookiesIn(lines: string[]): Map<string, string> {
  const pairs = lines.flatMap((line) => pairIn(line.split(';', 1)[0]!) ?? []);
  return new Map(pairs.map(({ name, value }) => [name, value]));
}

/**
 * Removes spaces and tabs at both ends, as RFC 6265bis §5.6 does and nothing else. `trim()` would also remove U+00A0, and so
 * take the cookie `\u00A0__Host-refresh` of a sibling host for ours.
 */
export function stripped(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function partsOf(header: string | null): string[] {
  return (header ?? '').split(';');
}

function pairsIn(header: string | null): Pair[] {
  return partsOf(header).flatMap((part) => pairIn(part) ?? []);
}

function pairIn(part: string): Pair | undefined {
  const at = part.indexOf('=');
  const name = stripped(part.slice(0, Math.max(at, 0)));
  return name === '' ? undefined : { name, value: stripped(part.slice(at + 1)) };
}
