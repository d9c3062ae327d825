import { decodeJwt, decodeProtectedHeader, importPKCS8, SignJWT } from 'jose';

/**
 * The access token as if it had been issued earlier and had expired: other claims unchanged, same key (PEM, PKCS#8, or the secret of
 * an HS* token).
 */
export async function expiredToken(token: string, key: string): Promise<string> {
  const { iat, exp, ...claims } = decodeJwt(token);
  const { alg, ...header } = decodeProtectedHeader(token);
  return new SignJWT({ ...claims, iat: iat! - 1_000, exp: exp! - 1_000 })
    .setProtectedHeader({ ...header, alg: alg! })
    .sign(alg!.startsWith('HS') ? Buffer.from(key) : await importPKCS8(key, alg!));
}
