/**
 * The address of the service, with a slash at its end.
 * @throws TypeError that says what to write instead. `localhost:3000` would parse, with `localhost:` as its scheme.
 */
export function serviceUrl(option: string, value: unknown): URL {
  const text = String(value);
  try {
    if (/^https?:\/\//i.test(text)) return new URL(text.replace(/\/*$/, '/'));
  } catch {
    // Below.
  }
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])(:\d|\/|$)/.test(text);
  const scheme = isLocal ? 'http' : /^\w[\w.-]*(:\d|\.\w)/.test(text) && 'https';
  const advice = scheme ? `: write ${scheme}://${text}` : ', such as https://auth.example.com';
  throw new TypeError(`${option} must be an http or https URL${advice}.`);
}
