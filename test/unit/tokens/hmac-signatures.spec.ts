import { createSecretKey } from 'node:crypto';
import { keyFromSecret, type SigningKey } from '../../../src/keys/signing-key.js';
import { HmacSignatures } from '../../../src/tokens/hmac-signatures.js';
import { LibrarySignatures } from '../../../src/tokens/jws-signatures.js';

const [ours, library] = [new HmacSignatures(), new LibrarySignatures()];
const key = keyFromSecret('a secret of more than thirty-two bytes', 'HS256');
const other = keyFromSecret('another one of more than thirty-two bytes', 'HS256');
const header = { alg: 'HS256', typ: 'rt+jwt', kid: key.kid } as const;
const claims = { sub: 'Ådа ✓', iat: 1, exp: 2 };

describe('HS256 by Node itself', () => {
  it('accepts the example of RFC 7515 §A.1', () => {
    const secret = createSecretKey(
      Buffer.from(
        'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
        'base64url',
      ),
    );
    const example: SigningKey = { kid: 'x', algorithm: 'HS256', privateKey: secret, publicKey: secret };
    const token =
      'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.' +
      'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.' +
      'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    expect(ours.verify(token, example)).toBe(true);
    expect(ours.verify(token, key)).toBe(false);
  });

  it("signs exactly as @nestjs/jwt does, and each accepts the other's tokens", () => {
    const token = ours.sign(header, claims, key);
    expect(library.sign(header, claims, key)).toBe(token);
    expect(library.verify(token, key)).toBe(true);
    expect(ours.verify(token, key)).toBe(true);
  });

  it('refuses another key, other content, and a signature that is truncated, extended, padded or missing', () => {
    const token = ours.sign(header, claims, key);
    const [first, second, signature] = token.split('.') as [string, string, string];
    const altered = ours.sign(header, { ...claims, exp: 3 }, key).split('.')[1]!;
    expect(ours.verify(token, other)).toBe(false);
    for (const wrong of [
      `${first}.${altered}.${signature}`,
      `${second}.${first}.${signature}`,
      token.slice(0, -1),
      `${token}A`,
      `${token}=`,
      `${first}.${second}.`,
      `${first}.${second}`,
      signature,
      '',
    ])
      expect([wrong, ours.verify(wrong, key)]).toEqual([wrong, false]);
  });
});
