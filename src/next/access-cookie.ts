import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { LatchkeyNextSettings } from './next-options.js';

/** Key pairs only: the shared secret of HS* must not leave the service. */
const ALGORITHMS = [
  'ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA',
]; // prettier-ignore

/** The claims of an access token (RFC 9068 §2.2), including those that the service's claims hook added. */
export interface AccessClaims extends JWTPayload {
  sub: string;
  sid: string;
  exp: number;
  roles: string[];
  permissions: string[];
  auth_time?: number;
  /** Missing, like `amr`, in tokens of earlier versions: these count as `pwd`. */
  acr?: string;
  amr?: string[];
}

export type AccessVerdict = { claims: AccessClaims } | 'missing' | 'expired' | 'invalid';

export type VerifyAccess = (token: string | undefined) => Promise<AccessVerdict>;

/**
 * Verifies access tokens with the service's public keys (RFC 7517). They are fetched once, and again when a token names
 * an unknown key. Throws when they cannot be fetched, because that says nothing about the token.
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
      if (isAboutKeys(error)) throw error;
      return 'invalid';
    }
  };
}

function isAccess(payload: JWTPayload): payload is AccessClaims {
  const { type, roles, permissions, sub, sid, acr = '', auth_time = 0 } = payload;
  return (
    type === 'access' &&
    typeof sub === 'string' &&
    typeof sid === 'string' &&
    typeof acr === 'string' &&
    typeof auth_time === 'number' &&
    Array.isArray(roles) &&
    Array.isArray(permissions)
  );
}

/** jose's errors about tokens have specific codes. A timeout and every other error is about fetching the keys. */
function isAboutKeys(error: unknown): boolean {
  return (
    !(error instanceof errors.JOSEError) ||
    error instanceof errors.JWKSTimeout ||
    error.code === 'ERR_JOSE_GENERIC'
  );
}
