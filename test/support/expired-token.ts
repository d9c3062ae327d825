import { decodeJwt, decodeProtectedHeader, importPKCS8, SignJWT } from 'jose';

/**
 * The access token as if it had been issued earlier and had expired: other claims unchanged, same key (PEM, PKCS#8).
 */
export async function expiredToken(token: string, privateKey: string): Promise<string> {
  const { iat, exp, ...claims } = decodeJwt(token);
  const { alg, ...header } = decodeProtectedHeader(token);
  return new SignJWT({ ...claims, iat: iat! - 1_000, exp: exp! - 1_000 })
    .setProtectedHeader({ ...header, alg: alg! })
    .sign(await importPKCS8(privateKey, alg!));
}
