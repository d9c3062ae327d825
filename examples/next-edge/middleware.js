import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const { LATCHKEY_URL, JWT_ISSUER, JWT_AUDIENCE, JWT_ALGORITHM = 'ES256', JWKS_COOLDOWN = 30 } = process.env;

const keys = createRemoteJWKSet(new URL(`${LATCHKEY_URL}/.well-known/jwks.json`), {
  cooldownDuration: JWKS_COOLDOWN * 1000, // unknown key ids make us fetch the keys at most once in this time
});

/** The paths for which Next.js runs this (`middleware.js`, or `proxy.js` with `export function proxy` since Next.js 16). */
export const config = { matcher: '/orders/:path*' };

/** Runs on the edge: Web APIs only. No answer means that the request continues to the page or the route. */
export async function middleware(request) {
  const [, bearer] = /^bearer +(.+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  const cookies = [
    ...(request.headers.get('cookie') ?? '').matchAll(/(?:^|;)[ \t]*__Host-access[ \t]*=([^;]*)/g),
  ];
  const cookie = cookies.length === 1 ? cookies[0][1] : undefined; // of two, one was planted
  try {
    const { payload } = await jwtVerify(bearer ?? cookie ?? '', keys, {
      algorithms: [JWT_ALGORITHM],
      issuer: JWT_ISSUER,
      audience: JWT_AUDIENCE,
      typ: 'at+jwt',
      requiredClaims: ['exp', 'iat', 'sub', 'jti'],
      clockTolerance: 5,
    });
    if (payload.type !== 'access') throw new errors.JWTClaimValidationFailed('not an access token', payload);
  } catch (error) {
    const isUnavailable = !(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout;
    if (isUnavailable) return Response.json({ error: 'UNAVAILABLE' }, { status: 503 });
    const headers = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };
    return Response.json({ error: 'INVALID_TOKEN' }, { status: 401, headers });
  }
}
