// What a contender with Latchkey offers for the part "tokens".
import { createHmac, createPrivateKey, createPublicKey, createSecretKey, randomUUID } from 'node:crypto';
import { jwtVerify } from 'jose';
import { ACCESS_SECRET } from './keys.js';

/**
 * @param jwt the options of the module
 * @param sample one of its access tokens
 * @param tokens its `TokensService`
 */
export function tokenOffers(jwt, sample, tokens) {
  const { algorithm, accessPrivateKey: pem } = jwt;
  const key = pem ? createPublicKey(createPrivateKey(pem)) : createSecretKey(Buffer.from(ACCESS_SECRET));
  const { iss: issuer, aud: audience } = claimsOf(sample);
  const ways = {
    latchkey: () => tokens.verify(sample),
    jose: () => jwtVerify(sample, key, { algorithms: [algorithm], issuer, audience }),
  };
  return {
    /** Verifies the same token again and again, one after another. */
    verify: async ({ by, seconds }) => {
      const [began, usedBefore] = [performance.now(), process.cpuUsage()];
      let count = 0;
      for (; performance.now() - began < seconds * 1000; count++) await ways[by]();
      const { user, system } = process.cpuUsage(usedBefore);
      return { rate: (count * 1000) / (performance.now() - began), cpu: (user + system) / count };
    },
    /** Access tokens of as many sessions, which do not exist. With HS256 only. */
    sign: (count) => Array.from({ length: count }, () => signedLike(sample)),
  };
}

const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

function signedLike(sample) {
  const claims = { ...claimsOf(sample), sub: randomUUID(), sid: randomUUID(), jti: randomUUID() };
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const content = `${sample.split('.')[0]}.${payload}`;
  return `${content}.${createHmac('sha256', ACCESS_SECRET).update(content).digest('base64url')}`;
}
