import { domainToASCII, domainToUnicode } from 'node:url';

const MAX_LENGTH = 254;
const MAX_LOCAL_LENGTH = 64;

/** RFC 5322 dot-atom: no quotes, comments, spaces or brackets. */
const LOCAL = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/**
 * The only ASCII a domain may be written with. `domainToASCII` alone would decode `%61`, cut at `/` or `:` and accept
 * brackets; and the mapping of UTS #46 drops invisible characters, so that two addresses looked alike and were alike.
 */
const DOMAIN_AS_WRITTEN = /^(?:[a-zA-Z\d.-]|[^\0-\x7f])+$/;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/** At least two labels; the last does not begin with a digit, which rules out IP addresses. */
const DOMAIN = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z](?:[a-z\d-]{0,61}[a-z\d])$/;

const HAS_PUNYCODE = /(?:^|\.)xn--/;

/**
 * The one form in which an e-mail address is stored, looked up, compared and rate-limited; null when the text is not
 * an address we accept. Two texts are the same account exactly when this returns the same for both.
 *
 * Nothing is trimmed. The local part must be a plain ASCII dot-atom and is lower-cased; dots and `+tags` count. The
 * domain is normalised (NFC, UTS #46), lower-cased and written in punycode; it has at least one dot, no trailing dot and
 * is no IP address. At most 254 characters, as written and as returned, and 64 before the `@`. Linear in the input.
 */
export function canonicalEmail(input: string): string | null {
  // First of all: normalising takes quadratic time on a long row of combining marks.
  if (input.length > MAX_LENGTH) return null;
  const at = input.indexOf('@');
  if (at === -1 || at > MAX_LOCAL_LENGTH) return null;

  const local = input.slice(0, at);
  // ASCII is decided on the text as written: NFC turns the Kelvin sign into a K.
  if (!LOCAL.test(local)) return null;

  const domain = canonicalDomain(input.slice(at + 1));
  const email = domain && `${local.toLowerCase()}@${domain}`;
  return email && email.length <= MAX_LENGTH ? email : null;
}

function canonicalDomain(written: string): string | null {
  if (!DOMAIN_AS_WRITTEN.test(written) || INVISIBLE.test(written)) return null;
  const domain = domainToASCII(written.normalize('NFC'));
  return DOMAIN.test(domain) && isSoundPunycode(domain) ? domain : null;
}

/** From Node 24 on, `domainToASCII` returns broken punycode unchanged. `domainToUnicode` cannot decode it in any version. */
function isSoundPunycode(domain: string): boolean {
  if (!HAS_PUNYCODE.test(domain)) return true;
  const decoded = domainToUnicode(domain);
  return decoded !== '' && !HAS_PUNYCODE.test(decoded);
}

/** An e-mail address for the log: `a***@example.com`. Text that is no address is hidden as a whole. */
export function maskEmail(email: string): string {
  const canonical = canonicalEmail(email);
  return canonical ? `${canonical[0]}***${canonical.slice(canonical.indexOf('@'))}` : '***';
}
