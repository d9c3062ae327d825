import { InputError } from './input-error.js';

/** The password hash parameters of a Firebase project. */
export interface HashConfig {
  signerKey: string;
  saltSeparator: string;
  rounds: number;
  memCost: number;
}

/**
 * Reads the parameters as the Firebase console shows them (`hash_config { … }`), or as JSON with the same names.
 * @throws InputError
 */
export function hashConfigOf(content: string): HashConfig {
  const value = (name: string) =>
    new RegExp(`"?${name}"?\\s*[:=]\\s*"?([\\w+/=-]*)`).exec(content)?.[1] ?? '';
  const config = {
    signerKey: plainBase64(value('base64_signer_key')),
    saltSeparator: plainBase64(value('base64_salt_separator')),
    rounds: Number(value('rounds')),
    memCost: Number(value('mem_cost')),
  };
  const { signerKey, rounds, memCost } = config;
  if (!signerKey || !(rounds >= 1 && rounds <= 8) || !(memCost >= 1 && memCost <= 14))
    throw new InputError(
      'The file of --hash-config must contain base64_signer_key, base64_salt_separator, rounds (1 to 8) and mem_cost (1 to 14), as the Firebase console shows them under "Password hash parameters".',
    );
  return config;
}

/** A hash of Firebase's scrypt, with everything needed to verify it. */
export function firebaseHash(config: HashConfig, hash: string, salt: string): string {
  const { signerKey, saltSeparator, rounds, memCost } = config;
  const separator = saltSeparator && `,ss=${saltSeparator}`;
  const parameters = `v=1,n=${memCost},r=${rounds},p=1${separator},sk=${signerKey}`;
  return `$fbscrypt$${parameters}$${plainBase64(salt)}$${plainBase64(hash)}`;
}

/** The API of Firebase writes base64url. */
const plainBase64 = (text: string) => text.replaceAll('-', '+').replaceAll('_', '/');
