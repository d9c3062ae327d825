import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { LatchkeyNextSettings } from './next-options.js';

/** Key pairs only: the shared secret of HS* belongs to the service alone. */
const ALGORITHMS = [
  'ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA',
]; // prettier-ignore

/** What an access token says (RFC 9068 §2.2), with whatever the service's claims hook added. */
export interface AccessClaims extends JWTPayload {
  sub: string;
  sid: string;
  exp: number;
  roles: string[];
  permissions: string[];
}

export type AccessVerdict = { claims: AccessClaims } | 'missing' | 'expired' | 'invalid';

export type VerifyAccess = (token: string | undefined) => Promise<AccessVerdict>;

/**
 * Verifies access tokens against the service's public keys (RFC 7517), which are fetched once and again when an unknown
 * key turns up. Throws when they cannot be fetched: that says nothing about the token.
 */
export function accessVerifier(settings: LatchkeyNextSettings): VerifyAccess {
  const keys = createRemoteJWKSet(new URL('.well-known/jwks.json', settings.url));
  const { issuer, audience, clockTolerance } = settings;
  const wanted = {
    issuer,
    audience,
    clockTolerance,
    typ: 'at+jwt',
    algorithms: ALGORITHMS,
    requiredClaims: ['exp', 'iat', 'sub', 'sid', 'jti'],
  };
  return async (token) => {
    if (!token) return 'missing';
    try {
      const { payload } = await jwtVerify(token, keys, wanted);
      return isAccess(payload) ? { claims: payload } : 'invalid';
    } catch (error) {
      if (error instanceof errors.JWTExpired) return 'expired';
      if (saysKeysAreAway(error)) throw error;
      return 'invalid';
    }
  };
}

function isAccess(payload: JWTPayload): payload is AccessClaims {
  const { type, roles, permissions, sub, sid } = payload;
  return (
    type === 'access' &&
    typeof sub === 'string' &&
    typeof sid === 'string' &&
    Array.isArray(roles) &&
    Array.isArray(permissions)
  );
}

/** jose says about tokens what has a code of its own; the rest, and a time-out, is about fetching the keys. */
function saysKeysAreAway(error: unknown): boolean {
  return (
    !(error instanceof errors.JOSEError) ||
    error instanceof errors.JWKSTimeout ||
    error.code === 'ERR_JOSE_GENERIC'
  );
}
