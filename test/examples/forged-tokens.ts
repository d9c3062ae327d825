import { createHmac } from 'node:crypto';
import { Client as Connection } from 'pg';
import { contextOf, KeyEncryption } from '../../src/keys/key-encryption.js';
import {
  generatePem,
  keyFromPem,
  type SigningAlgorithm,
  type SigningKey,
} from '../../src/keys/signing-key.js';
import { encode } from '../attacks/forge.js';

export type Part = Record<string, unknown>;
export const decode = (token: string, part: 0 | 1): Part =>
  JSON.parse(Buffer.from(token.split('.')[part]!, 'base64url').toString()) as Part;

/** The service's own key, which only the service can normally read. */
export async function signingKey(databaseUrl: string, encryptionSecret: string): Promise<SigningKey> {
  const connection = new Connection({ connectionString: databaseUrl });
  await connection.connect();
  const { rows } = await connection.query('SELECT kid, algorithm, private_key FROM signing_keys');
  await connection.end();
  const [{ kid, algorithm, private_key: encrypted }] = rows;
  const pem = new KeyEncryption([encryptionSecret]).decrypt(encrypted, contextOf(kid, algorithm));
  return keyFromPem(pem!, algorithm);
}

export const foreignKey = async (algorithm: SigningAlgorithm) =>
  keyFromPem(await generatePem(algorithm), algorithm);

export const unsigned = (token: string) => `${token.split('.').slice(0, 2).join('.')}.`;

export function signedWithPublicKey(token: string, { publicKey }: SigningKey): string {
  const header = encode(JSON.stringify({ ...decode(token, 0), alg: 'HS256' }));
  const input = `${header}.${token.split('.')[1]}`;
  const secret = publicKey.export({ type: 'spki', format: 'pem' });
  return `${input}.${encode(createHmac('sha256', secret).update(input).digest())}`;
}

export function tampered(token: string): string {
  const [header, , signature] = token.split('.');
  return [header, encode(JSON.stringify({ ...decode(token, 1), roles: ['admin'] })), signature].join('.');
}
