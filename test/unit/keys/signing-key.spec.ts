import { createHash, generateKeyPairSync } from 'node:crypto';
import { KeySet } from '../../../src/keys/key-set.js';
import { keyFromPem, keyFromSecret } from '../../../src/keys/signing-key.js';

const pemOf = (key: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer }) =>
  key.export({ type: 'pkcs8', format: 'pem' }) as string;
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const rsa = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey;

describe('keys', () => {
  it('a secret of 31 bytes is too short, one of 32 is not', () => {
    expect(() => keyFromSecret('x'.repeat(31), 'HS256')).toThrow(/31 bytes/);
    expect(keyFromSecret('x'.repeat(32), 'HS256').kid).toMatch(/^[\w-]{16}$/);
  });

  it('the id of a secret reveals nothing about it and differs from secret to secret', () => {
    const [one, other] = ['a'.repeat(32), 'b'.repeat(32)].map((secret) => keyFromSecret(secret, 'HS256').kid);
    expect(one).not.toBe(other);
    expect(createHash('sha256').update('a'.repeat(32)).digest('base64url')).not.toContain(one);
  });

  it('the id of a key pair is the RFC 7638 thumbprint of its public part', () => {
    const key = keyFromPem(pemOf(ec('P-256')), 'ES256');
    const { crv, kty, x, y } = key.publicKey.export({ format: 'jwk' });
    const expected = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
    expect(key.kid).toBe(expected);
  });

  it.each([
    ['P-256 for ES384', () => keyFromPem(pemOf(ec('P-256')), 'ES384'), /curve prime256v1/],
    ['EC for RS256', () => keyFromPem(pemOf(ec('P-256')), 'RS256'), /type ec/],
    ['RSA for ES256', () => keyFromPem(pemOf(rsa(2048)), 'ES256'), /type rsa/],
    ['RSA of 1024 bits', () => keyFromPem(pemOf(rsa(1024)), 'RS256'), /1024 bits/],
    ['RSA with exponent 3', () => keyFromPem(pemOf(rsa(2048, 3)), 'PS256'), /exponent 3/],
    [
      'Ed25519 for ES256',
      () => keyFromPem(pemOf(generateKeyPairSync('ed25519').privateKey), 'ES256'),
      /ed25519/,
    ],
    ['not a PEM', () => keyFromPem('hunter2', 'ES256'), /not a readable/],
  ])('refuses %s', (_name, make, reason) => {
    expect(make).toThrow(reason);
  });

  it('a list can neither be empty nor contain a key twice', () => {
    const key = keyFromSecret('x'.repeat(32), 'HS256');
    expect(() => new KeySet([])).toThrow(/no key/);
    expect(() => new KeySet([key, keyFromSecret('x'.repeat(32), 'HS256')])).toThrow(/twice/);
  });
});
