import { isIP } from 'node:net';
import type { OptionChecker } from './option-checker.js';
import { group, optional, type Rule, type Rules } from './rules.js';

/** Passkeys: keys of WebAuthn with which people log in without a password, or that are their second factor. */
export interface PasskeysOptions {
  /**
   * The domain that passkeys belong to, such as `example.com`: that of the pages which use them, or a parent of it.
   * Passkeys of another domain are worthless, so choose it once. Needs the package `@simplewebauthn/server`.
   */
  rpId: string;
  /**
   * The exact origins of the pages and apps that use passkeys. At least one must belong to `rpId`; the others are published
   * as related origins. Android apps are `android:apk-key-hash:<SHA-256 of the certificate in base64url>`.
   */
  origins: string[];
  /** The exact origins of pages that may show one of `origins` in a frame and use passkeys there. Default: none. */
  topOrigins?: string[];
  /** What authenticators call the service. Default: the name in `mail.brand`, or else `rpId`. */
  rpName?: string;
  /** Attestation cannot be required, so only `none` is accepted. */
  attestation?: 'none';
}

export interface ResolvedPasskeys {
  rpId: string;
  origins: string[];
  topOrigins: string[];
  rpName: string | undefined;
}

const DOMAIN = /^(?=.{1,253}$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/;

const ANDROID = /^android:apk-key-hash:[\w-]{43}$/;

const rpId: Rule<string, string> = (check, option, given) => {
  const isDomain = typeof given === 'string' && DOMAIN.test(given) && isIP(given) === 0;
  if (!isDomain || !(given === 'localhost' || given.includes('.')))
    check.fail(option, 'must be a domain in lower case such as example.com, without scheme and port');
  return given ?? '';
};

const origins: Rule<string[], string[]> = (check, option, given) => {
  if (!Array.isArray(given) || given.length === 0 || !given.every((each) => isPage(each) || isApp(each)))
    check.fail(
      option,
      'must be a list of exact origins such as https://app.example.com, http://localhost:3000 or android:apk-key-hash:…',
    );
  return Array.isArray(given) ? given : [];
};

const topOrigins: Rule<string[], string[]> = (check, option, given = []) => {
  if (!Array.isArray(given) || !given.every(isPage))
    check.fail(option, 'must be a list of exact origins such as https://portal.example.org');
  return given;
};

const rpName: Rule<string, string | undefined> = (check, option, given) => {
  if (given !== undefined && !(typeof given === 'string' && /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u.test(given)))
    check.fail(option, 'must be text of 1 to 64 characters on one line');
  return given;
};

const attestation: Rule<'none', undefined> = (check, option, given) => {
  if (given !== undefined && given !== 'none')
    check.fail(
      option,
      "must be 'none': Latchkey does not check attestations, so requiring one would protect nobody",
    );
  return undefined;
};

const RULES = { rpId, origins, topOrigins, rpName, attestation } satisfies Rules<PasskeysOptions>;

export const passkeys = optional(
  group(RULES, ({ attestation: _attestation, ...resolved }, check, option): ResolvedPasskeys => {
    assertBelonging(resolved, check, option);
    return resolved;
  }),
);

/** Without one, no browser would ever use a passkey: related origins are looked for at the `rpId` itself. */
function assertBelonging(
  { rpId: domain, origins: given }: ResolvedPasskeys,
  check: OptionChecker,
  option: string,
): void {
  const hosts = given.filter((each) => isPage(each)).map((each) => new URL(each).hostname);
  if (given.length === 0 || domain === '') return;
  if (!hosts.some((host) => host === domain || host.endsWith(`.${domain}`)))
    check.fail(
      `${option}.rpId`,
      `has none of the origins: one of ${option}.origins must be https://${domain} or below it`,
    );
}

/** Browsers offer WebAuthn to pages over https, and on this machine. */
function isPage(origin: unknown): origin is string {
  if (typeof origin !== 'string' || !URL.canParse(origin)) return false;
  const { protocol, hostname, origin: exact } = new URL(origin);
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost');
  return exact === origin && (protocol === 'https:' || (protocol === 'http:' && isLocal));
}

function isApp(origin: unknown): boolean {
  return typeof origin === 'string' && ANDROID.test(origin);
}

/** The origins that browsers look for at `/.well-known/webauthn`: apps are found in other ways. */
export function pagesOf(all: readonly string[]): string[] {
  return all.filter(isPage);
}
