import { randomBytes } from 'node:crypto';
import { weaknessOf } from '../../../src/keys/weak-secret.js';

describe('a secret that can be guessed', () => {
  it.each(['a'.repeat(32), '0'.repeat(64), ' '.repeat(40), '😀'.repeat(16), '1'])(
    'is one repeated character: %s',
    (secret) => {
      expect(weaknessOf(secret)).toBe('is one repeated character');
    },
  );

  it.each([
    'change-me-change-me-change-me-change-me',
    'CHANGE_ME_TO_A_LONG_RANDOM_STRING_OF_32_BYTES',
    'changeme12345678901234567890123456789',
    'please'.replace('please', 'replace-me-with-openssl-rand-base64-48'),
    'replace-this-secret-before-you-deploy',
    'your-secret-key-your-secret-key-your-secret-key',
    'your-256-bit-secret-your-256-bit-secret'.replaceAll('256-bit-', 'very-long-'),
    'your_jwt_access_secret_here_and_keep_it_safe',
    'secretsecretsecretsecretsecretsecret',
    'secret',
    'SECRET00000000000000000000000000000',
    'secret-12345678901234567890123456',
    'example-example-example-example-example',
    'placeholder-placeholder-placeholder',
    'todo-todo-todo-todo-todo-todo-todo-todo',
    'xxxxxxxx-xxxxxxxx-xxxxxxxx-xxxxxxxx',
    'test-test-test-test-test-test-test-test',
    'test1234567890123456789012345678',
    'testaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'supersecretsupersecretsupersecretsupersecret',
    'my-secret-is-longer-than-thirty-two-bytes',
  ])('is a placeholder: %s', (secret) => {
    expect(weaknessOf(secret)).toBe('is a placeholder');
  });

  it.each([
    'a1'.repeat(32),
    'correct horse battery staple, and much more of it',
    '0123456789abcdef0123456789abcdef',
    'secretary-of-the-interior-9f8a7c',
    'test-9f86d081884c7d659a2feaa0c55ad015',
    'latest-fashion-contest-attestation-x',
  ])('is not evident here: %s', (secret) => {
    expect(weaknessOf(secret)).toBeUndefined();
  });

  it('is never a random one', () => {
    for (const encoding of ['hex', 'base64', 'base64url'] as const)
      for (let i = 0; i < 2_000; i++) expect(weaknessOf(randomBytes(32).toString(encoding))).toBeUndefined();
  });
});
