import { randomBytes } from 'node:crypto';
import type { AuthModuleOptions, SigningAlgorithm } from '../../src/index.js';
import { generatePem, keyFromPem, keyFromSecret } from '../../src/keys/signing-key.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';
import type { Forger } from './forge.js';

export const ALGORITHMS: SigningAlgorithm[] = ['HS256', 'ES256', 'RS256', 'EdDSA'];

/** A host app and everything an attacker could wish for: the app's own key and a valid token. */
export interface Attacked {
  host: Host;
  forger: Forger;
  account: { email: string; password: string; id: string };
}

export async function startAttacked(
  algorithm: SigningAlgorithm,
  settings: { adapter?: AdapterName; options?: Partial<AuthModuleOptions>; listener?: string } = {},
): Promise<Attacked> {
  const { options, key } = await keyMaterial(algorithm);
  const host = await startHost({
    adapter: settings.adapter ?? 'fastify',
    options: {
      ...settings.options,
      jwt: { algorithm, refreshSecret: secret(), ...settings.options?.jwt, ...options },
    },
  });
  const { key: foreign } = await keyMaterial(algorithm);
  const listener = settings.listener ?? 'http://127.0.0.1:1';
  return { host, ...(await newVictim(host, { algorithm, key, foreign, listener })) };
}

type Tools = Pick<Forger, 'algorithm' | 'key' | 'foreign' | 'listener'>;

/** Another account of the same host, with its valid token. */
export async function newVictim(host: Host, tools: Tools): Promise<Omit<Attacked, 'host'>> {
  const account = { email: newEmail(), password: PASSWORD };
  const { body } = await host.client.post('/auth/register', account);
  const claims = decode(body.accessToken, 1);
  const forger: Forger = {
    ...tools,
    token: body.accessToken,
    header: decode(body.accessToken, 0),
    claims,
    refreshToken: body.refreshToken,
    now: claims.iat as number,
  };
  return { forger, account: { ...account, id: body.user.id } };
}

export const secret = () => randomBytes(48).toString('base64url');

export function decode(token: string, part: 0 | 1): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[part]!, 'base64url').toString());
}

async function keyMaterial(algorithm: SigningAlgorithm) {
  const text = algorithm === 'HS256' ? secret() : await generatePem(algorithm);
  return algorithm === 'HS256'
    ? { options: { accessSecret: text }, key: keyFromSecret(text, algorithm) }
    : { options: { accessPrivateKey: text }, key: keyFromPem(text, algorithm) };
}
