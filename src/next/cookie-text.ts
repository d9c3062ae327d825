/** The cookies of a `Cookie` header, not decoded. Two with the same name are both ignored: one of them was planted. */
export function readCookies(header: string | null): Map<string, string> {
  const pairs = (header ?? '').split(';').flatMap((part) => {
    const at = part.indexOf('=');
    return at > 0 ? [[part.slice(0, at).trim(), part.slice(at + 1).trim()] as const] : [];
  });
  const names = pairs.map(([name]) => name);
  return new Map(pairs.filter(([name]) => names.indexOf(name) === names.lastIndexOf(name)));
}

export function writeCookies(cookies: Map<string, string>): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
}

/** Applies `Set-Cookie` lines as a browser would. An empty value deletes the cookie. */
export function applySetCookies(cookies: Map<string, string>, lines: string[]): Map<string, string> {
  const next = new Map(cookies);
  for (const line of lines) {
    const [pair = ''] = line.split(';', 1);
    const [name, value] = [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()];
    if (value) next.set(name, value);
    else next.delete(name);
  }
  return next;
}
