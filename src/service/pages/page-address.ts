const BELOW_ACCOUNT = /^\/+account(?:[/?]|%2f|$)/i;
const UPPER_CASE_OR_SPARE_SLASH = /[A-Z]|\/\/|\/$/;
/** The router takes no longer parameter. */
const LONGEST = 100;

/** No page has this address: a request for it gets the answer for mistyped ones. */
const NOWHERE = '/account/-/-';

/** What an address looks like that somebody may have meant. */
const PLAIN = /^(?!.*\.\.)\/[\w./-]+$/;

/**
 * For Fastify's `rewriteUrl`: brings mistyped addresses below `/account` to the account pages, which answer people with a
 * page. The router alone knows one spelling of each address, and rejects what it cannot decode.
 */
export function toAccountPages({ method, url = '/' }: { method?: string; url?: string }): string {
  if ((method !== 'GET' && method !== 'HEAD') || !BELOW_ACCOUNT.test(url)) return url;
  return isMistyped(url.split('?', 1)[0]!) ? NOWHERE : url;
}

/**
 * The address that was probably meant: in lower case, with single slashes and none at the end. `undefined` if it is the given
 * one, or if there is no telling.
 */
export function meantAddress(url: string): string | undefined {
  const path = url.split('?', 1)[0]!;
  if (!PLAIN.test(path)) return undefined;
  const meant = path.toLowerCase().replaceAll(/\/+/g, '/').replace(/\/$/, '');
  return meant === path ? undefined : meant + url.slice(path.length);
}

function isMistyped(path: string): boolean {
  return UPPER_CASE_OR_SPARE_SLASH.test(path) || path.length > LONGEST || !isDecodable(path);
}

function isDecodable(path: string): boolean {
  try {
    return !/%2f|%00/i.test(path) && decodeURIComponent(path) !== '';
  } catch {
    return false;
  }
}
