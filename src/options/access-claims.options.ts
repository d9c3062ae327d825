import type { StaticClaims } from '../tokens/access-tokens.js';
import type { OptionChecker } from './option-checker.js';
import type { Rule, Rules } from './rules.js';

/** The options of `jwt` that set claims of access tokens. */
export interface AccessClaimOptions {
  /** The `client_id` claim (RFC 9068 §2.2): the app that users log in to. Default `latchkey`. */
  clientId?: string;
  /**
   * Claims for every access token, as JSON; with the scope, at most 2048 bytes. The `claims` hook wins over them. Those that Latchkey writes are refused.
   * Default: none.
   */
  claims?: Record<string, unknown>;
  /** The `scope` claim (RFC 9068 §2.2.3): scope tokens separated by one space (RFC 6749 §3.3). Default: none. */
  scope?: string;
}

/**
 * Claims with a meaning that only Latchkey may give them, including those it does not write yet, and the members of an
 * introspection response (RFC 7662 §2.2).
 */
const RESERVED = new Set([
  'iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sid', 'client_id',
  'type', 'roles', 'permissions', 'auth_time', 'acr', 'amr', 'session_began', 'cnf', 'active', 'token_type',
]); // prettier-ignore

/** Leaves room for the other claims, also in a cookie, which holds about 3000 bytes of claims. */
const MAX_BYTES = 2048;

/** RFC 6749 §A.1 allows printable ASCII. */
const CLIENT_ID = /^[\x20-\x7e]{1,255}$/;
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;

export const ACCESS_CLAIM_RULES = {
  clientId: ((check, option, given = 'latchkey') => {
    if (typeof given !== 'string' || given.trim() === '' || !CLIENT_ID.test(given))
      check.fail(option, 'must be 1 to 255 printable ASCII characters');
    return given;
  }) satisfies Rule<string, string>,
  claims: ((check, option, given = {}) => copyOf(check, option, given)) satisfies Rule<
    Record<string, unknown>,
    Record<string, unknown>
  >,
  scope: ((check, option, given) => {
    if (given !== undefined && (typeof given !== 'string' || !SCOPE.test(given)))
      check.fail(option, 'must be scope tokens separated by one space, such as orders:read orders:write');
    return given;
  }) satisfies Rule<string, string | undefined>,
} satisfies Rules<AccessClaimOptions>;

interface ResolvedAccessClaims {
  clientId: string;
  claims: Record<string, unknown>;
  scope: string | undefined;
}

export function staticClaims(
  { clientId, claims, scope }: ResolvedAccessClaims,
  check: OptionChecker,
  option: string,
): StaticClaims {
  const added = scope === undefined ? claims : { ...claims, scope };
  if (Buffer.byteLength(JSON.stringify(added)) > MAX_BYTES)
    check.fail(
      `${option}.${Object.keys(claims).length > 0 ? 'claims' : 'scope'}`,
      `must be at most ${MAX_BYTES} bytes of JSON, with the scope: every access token carries it`,
    );
  return { clientId, scope, added };
}

/** A copy, so that whoever changes the given object later does not change the tokens. */
function copyOf(check: OptionChecker, option: string, given: unknown): Record<string, unknown> {
  const json = toJson(given);
  const copy: unknown = json === undefined ? undefined : JSON.parse(json);
  if (typeof copy !== 'object' || copy === null || Array.isArray(copy)) {
    check.fail(option, 'must be an object that can be written as JSON, such as {"tenant": "acme"}');
    return {};
  }
  const reserved = Object.keys(copy).filter((name) => RESERVED.has(name));
  if (reserved.length > 0)
    check.fail(option, `must not contain ${reserved.join(', ')}: reserved for Latchkey`);
  if (Object.hasOwn(copy, 'scope')) check.fail(option, 'must not contain scope: set jwt.scope instead');
  return copy as Record<string, unknown>;
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined; // circular, or a bigint
  }
}
