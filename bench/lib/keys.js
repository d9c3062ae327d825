import { generateKeyPairSync } from 'node:crypto';

const PAIRS = {
  ES256: ['ec', { namedCurve: 'P-256' }],
  RS256: ['rsa', { modulusLength: 2048 }],
  EdDSA: ['ed25519', {}],
};

export const ACCESS_SECRET = 'access '.repeat(8);
export const REFRESH_SECRET = 'refresh '.repeat(8);

export const keyPair = (algorithm) => generateKeyPairSync(...PAIRS[algorithm]);

/** The value of `jwt` for `AuthModule.forRoot`. */
export function jwtOptions(algorithm) {
  const shared = { algorithm, refreshSecret: REFRESH_SECRET };
  if (algorithm === 'HS256') return { ...shared, accessSecret: ACCESS_SECRET };
  const pem = keyPair(algorithm).privateKey.export({ type: 'pkcs8', format: 'pem' });
  return { ...shared, accessPrivateKey: pem };
}
