import { createSecretKey, randomBytes } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { CompactSign, compactVerify } from 'jose';
import {
  generatePem,
  isSymmetric,
  keyFromPem,
  keyFromSecret,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  type SigningKey,
} from '../../../src/keys/signing-key.js';
import { AccessSignatures } from '../../../src/tokens/access-signatures.js';
import { segmentOf } from '../../../src/tokens/compact-jws.js';
import { NodeSignatures } from '../../../src/tokens/node-signatures.js';

const [ours, library] = [new NodeSignatures(), new AccessSignatures()];
const key = keyFromSecret('a secret of more than thirty-two bytes', 'HS256');
const other = keyFromSecret('another one of more than thirty-two bytes', 'HS256');
const header = { alg: 'HS256', typ: 'rt+jwt', kid: key.kid } as const;
const rsaPems = [generatePem('RS256'), generatePem('RS256')];
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

  it('signs exactly as @nestjs/jwt does, which accepts our tokens', () => {
    const token = signed(header, claims, key);
    expect(
      new JwtService({ secret: 'a secret of more than thirty-two bytes' }).sign(claims, { header }),
    ).toBe(token);
    expect(library.verify(token, key)).toBe(true);
    expect(ours.verify(token, key)).toBe(true);
  });

  it('refuses another key, other content, and a signature that is truncated, extended, padded or missing', () => {
    const token = signed(header, claims, key);
    const [first, second, signature] = token.split('.') as [string, string, string];
    const altered = signed(header, { ...claims, exp: 3 }, key).split('.')[1]!;
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

describe.each(SIGNING_ALGORITHMS)('%s by Node itself', (algorithm) => {
  let [key, other]: SigningKey[] = [];
  beforeAll(async () => {
    [key, other] = [await keyOf(algorithm, 0), await keyOf(algorithm, 1)];
  });

  it('makes signatures that jose accepts, and accepts those of jose', async () => {
    const header = { alg: algorithm, typ: 'at+jwt', kid: key!.kid } as const;
    const token = signed(header, claims, key!);
    await expect(compactVerify(token, key!.publicKey, { algorithms: [algorithm] })).resolves.toBeDefined();
    const payload = Buffer.from(JSON.stringify(claims));
    const theirs = await new CompactSign(payload).setProtectedHeader(header).sign(key!.privateKey);
    for (const each of [token, theirs])
      expect([ours.verify(each, key!), library.verify(each, key!)]).toEqual([true, true]);
  });

  it('refuses another key, other content, and a signature that is empty, cut or of other bytes', () => {
    const header = { alg: algorithm, typ: 'at+jwt', kid: key!.kid } as const;
    const token = signed(header, claims, key!);
    const [first, second, signature] = token.split('.') as [string, string, string];
    const altered = signed(header, { ...claims, exp: 3 }, key!).split('.')[1]!;
    const bytes = Buffer.from(signature, 'base64url');
    const changed = Buffer.from(bytes.map((byte, i) => (i === 5 ? byte ^ 1 : byte))).toString('base64url');
    const zeros = Buffer.alloc(bytes.length).toString('base64url');
    for (const by of [ours, library]) {
      expect(by.verify(token, other!)).toBe(false);
      for (const wrong of [
        `${first}.${altered}.${signature}`,
        `${first}.${second}.${changed}`,
        `${first}.${second}.${zeros}`,
      ])
        expect(by.verify(wrong, key!)).toBe(false);
      for (const wrong of [
        `${first}.${second}.`,
        `${first}.${second}.${signature.slice(0, -4)}`,
        `${first}.${second}`,
      ])
        expect(by.verify(wrong, key!)).toBe(false);
    }
  });
});

function signed(header: object, claims: object, key: SigningKey): string {
  const content = `${segmentOf(header)}.${segmentOf(claims)}`;
  return `${content}.${ours.sign(content, key)}`;
}

/** @param which of two keys; those of RSA take long to make, and serve all of its algorithms */
async function keyOf(algorithm: SigningAlgorithm, which: 0 | 1): Promise<SigningKey> {
  if (isSymmetric(algorithm)) return keyFromSecret(randomBytes(64).toString('base64'), algorithm);
  const isRsa = /^[RP]S/.test(algorithm);
  return keyFromPem(await (isRsa ? rsaPems[which]! : generatePem(algorithm)), algorithm);
}
