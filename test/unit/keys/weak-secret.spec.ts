import { randomBytes } from 'node:crypto';
import { weaknessOf } from '../../../src/keys/weak-secret.js';

describe('a secret that can be guessed', () => {
  it.each([
    'a'.repeat(32),
    Buffer.alloc(48).toString('base64url'),
    '0'.repeat(64),
    ' '.repeat(40),
    '😀'.repeat(16),
    '1',
  ])('is one repeated character: %s', (secret) => {
    expect(weaknessOf(secret)).toBe('is one repeated character');
  });

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
    'a-string-secret-at-least-256-bits-long',
    'a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long',
    'your-256-bit-secret-your-256-bit-secret',
    'please-change-me-to-something-random-123',
    'do-not-use-this-in-production-32-bytes!!',
    'keyboardcatkeyboardcatkeyboardcat',
    'my-32-character-ultra-secure-and-ultra-long-secret',
    'use-a-random-string-of-at-least-32-characters',
  ])('is a placeholder: %s', (secret) => {
    expect(weaknessOf(secret)).toBe('is a placeholder');
  });

  it.each([
    'a1'.repeat(32),
    'ab'.repeat(20),
    '0123456789'.repeat(4),
    '0123456789abcdef0123456789abcdef',
    'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
    'zyxwvutsrqponmlkjihgfedcba9876543210',
    'qwertyuiopasdfghjklzxcvbnm123456',
    'qwertyuiopqwertyuiopqwertyuiopqwertyuiop',
    'deadbeef'.repeat(5),
    'deadbeefcafe'.repeat(3),
    'Dead-Beef-'.repeat(4),
    '00000000-0000-0000-0000-000000000000',
    Buffer.alloc(32).toString('base64'),
    Buffer.alloc(32, 0xff).toString('base64'),
    '12'.repeat(12) + '12345',
    '1010101111101010101010101010111010101010',
  ])('follows a pattern: %s', (secret) => {
    expect(weaknessOf(secret)).toBe('follows a pattern');
  });

  it.each([
    'correct horse battery staple, and much more of it',
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
