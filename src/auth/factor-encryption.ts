import { secretId, SecretChoice } from '../instances/secret-choice.js';
import { KeyEncryption } from '../keys/key-encryption.js';

/** What encrypts the secrets of authenticator apps. @param secrets newest first */
export function factorEncryption(secrets: readonly string[]): KeyEncryption {
  const ids = secrets.map((secret) => secretId(secret, 'mfa.encryptionSecrets'));
  return new KeyEncryption(secrets, 'second factors', new SecretChoice(ids));
}
