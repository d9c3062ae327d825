import type { OptionChecker } from './option-checker.js';
import type { Rule } from './rules.js';

const DEFAULT_ISSUER = 'latchkey';
/** Host names of this machine. */
export const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The limit for the path of an issuer or a public URL. The routes of the metadata take no longer paths. */
export const MAX_PATH_SEGMENTS = 4;

/** An address that clients can trust: https, or http on this machine. Resolves without a trailing slash. */
export const publicUrl: Rule<string, string | undefined> = (check, option, given) => {
  if (given === undefined) return undefined;
  failIfUnfit(check, option, given);
  const url = httpUrl(given);
  return url && withoutSlash(`${url.origin}${url.pathname}`);
};

/** An issuer that is a URL must be trustworthy and comparable (RFC 8414 §2). The default depends on `publicUrl`. */
export const issuer: Rule<string, string | undefined> = (check, option, given) => {
  if (given === undefined) return undefined;
  if (/^https?:/i.test(given)) failIfUnfit(check, option, given);
  return check.text(option, given);
};

/** Compared exactly, so each entry is taken as it is. */
export const acceptedIssuers: Rule<string[], string[]> = (check, option, given = []) => {
  const fits = Array.isArray(given) && given.every((entry) => typeof entry === 'string' && entry.trim());
  if (!fits) check.fail(option, 'must be a list of issuers, each a non-empty string');
  return fits ? [...given] : [];
};

/** The issuer of new tokens, and the address from which absolute URLs are made; each is the default of the other. */
export function resolveIssuer(given: { issuer?: string; publicUrl?: string }) {
  const issuerUrl = given.issuer !== undefined && httpUrl(given.issuer) ? given.issuer : undefined;
  return {
    issuer: given.issuer ?? given.publicUrl ?? DEFAULT_ISSUER,
    publicUrl: given.publicUrl ?? (issuerUrl && withoutSlash(issuerUrl)),
  };
}

/** RFC 8414 §2: no query and no fragment. Plain HTTP would let anyone on the way exchange the keys. */
function failIfUnfit(check: OptionChecker, option: string, given: string): void {
  const url = httpUrl(given);
  if (!url) return check.fail(option, 'must be a URL such as https://auth.example.com');
  if (url.protocol === 'http:' && !LOOPBACK.has(url.hostname))
    check.fail(
      option,
      'must begin with https://; http:// is only for trying it out on 127.0.0.1 or localhost',
    );
  if (url.username || url.password) check.fail(option, 'must not contain a user name or a password');
  if (/[?#]/.test(given)) check.fail(option, 'must not have a query or a fragment');
  if (!hasServablePath(url))
    check.fail(option, `must have a path of at most ${MAX_PATH_SEGMENTS} segments, none of them empty`);
}

/** Whether the metadata have an address: their well-known path ends with this one (RFC 8414 §3.1). */
function hasServablePath({ pathname }: URL): boolean {
  const segments = withoutSlash(pathname).split('/').slice(1);
  return segments.length <= MAX_PATH_SEGMENTS && !segments.includes('');
}

function httpUrl(value: unknown): URL | undefined {
  const isHttp = typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value);
  return isHttp ? new URL(value) : undefined;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
