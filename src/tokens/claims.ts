import { isUuid } from '../database/uuid.js';
import type { AccessTokenPayload, RefreshTokenPayload } from './token-types.js';

const MAX_ID_LENGTH = 255;
const MAX_AUDIENCES = 16;

/** What a verifier checks a token's claims against. Times are in seconds. */
export interface ClaimsPolicy {
  /** The issuer of new tokens. */
  issuer: string;
  /** Other issuers whose tokens are accepted. */
  acceptedIssuers: readonly string[];
  audience: string;
  /** Allowed difference between clocks, for `iat`, `nbf` and `exp`. */
  clockTolerance: number;
  /** Tokens with a longer lifetime are rejected, including those issued before this was lowered. */
  maxLifetime: number;
}

type Claims = Record<string, unknown>;

/** True when the claims are those of an access token. Does not check its lifetime or whether it has expired. */
export function isAccessTokenPayload(
  claims: Claims,
  policy: ClaimsPolicy,
  now: number,
): claims is AccessTokenPayload {
  return (
    claims.type === 'access' &&
    hasCommonClaims(claims, policy) &&
    hasSaneTimes(claims, policy, now) &&
    isTextList(claims.roles) &&
    isTextList(claims.permissions) &&
    isTime(claims.auth_time) &&
    (claims.session_began === undefined || isTime(claims.session_began)) &&
    // Tokens of earlier versions have none of these.
    (claims.client_id === undefined || isId(claims.client_id)) &&
    (claims.acr === undefined || isId(claims.acr)) &&
    (claims.amr === undefined || isTextList(claims.amr))
  );
}

/**
 * True when the claims are those of a refresh token. Whether its session is still live is decided by the database,
 * on the database's clock.
 */
export function isRefreshTokenPayload(
  claims: Claims,
  policy: ClaimsPolicy,
): claims is Claims & RefreshTokenPayload {
  return (
    claims.type === 'refresh' && hasCommonClaims(claims, policy) && isTime(claims.iat) && isTime(claims.exp)
  );
}

/** RFC 7519 §4.1.4: a token must not be accepted on or after `exp`, apart from the tolerance. */
export function isExpired(claims: { exp: number }, policy: ClaimsPolicy, now: number): boolean {
  // Written so that a clock that is not a number counts every token as expired.
  return !(now < claims.exp + policy.clockTolerance);
}

/** Whether a token's lifetime exceeds the longest this issuer allows. */
export function livesTooLong(claims: { iat: number; exp: number }, policy: ClaimsPolicy): boolean {
  return claims.exp - claims.iat > policy.maxLifetime;
}

function hasCommonClaims(claims: Claims, policy: ClaimsPolicy): boolean {
  return (
    isFromIssuer(claims.iss, policy) &&
    isForAudience(claims.aud, policy.audience) &&
    isId(claims.sub) &&
    isUuid(claims.jti) &&
    isUuid(claims.sid)
  );
}

function hasSaneTimes({ iat, exp, nbf }: Claims, policy: ClaimsPolicy, now: number): boolean {
  const latest = now + policy.clockTolerance;
  if (!isTime(iat) || !isTime(exp) || !(iat <= latest)) return false;
  if (nbf !== undefined && (!isTime(nbf) || nbf > latest)) return false;
  return exp > iat;
}

function isFromIssuer(iss: unknown, { issuer, acceptedIssuers }: ClaimsPolicy): boolean {
  return iss === issuer || acceptedIssuers.includes(iss as string);
}

function isForAudience(aud: unknown, audience: string): boolean {
  return aud === audience || (isTextList(aud) && aud.length <= MAX_AUDIENCES && aud.includes(audience));
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isId(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length > 0 && value.length <= MAX_ID_LENGTH && !/\p{Cc}/u.test(value)
  );
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
