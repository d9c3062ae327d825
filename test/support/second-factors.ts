import { randomBytes } from 'node:crypto';
import { codeOf, fromBase32 } from '../../src/mfa/totp.js';
import type { AuthModuleOptions } from '../../src/index.js';
import { type Answer, newEmail, PASSWORD } from './client.js';
import type { Host } from './host-app.js';

export const mfaOptions = (): NonNullable<AuthModuleOptions['mfa']> => ({
  encryptionSecrets: randomBytes(48).toString('base64url'),
});

/** The code of an authenticator app, `later` time steps from now. */
export const codeFor = (secret: string, later = 0) =>
  codeOf(fromBase32(secret), Math.floor(Date.now() / 30_000) + later);

/** A code that the authenticator app does not show at any time at which it could pass. */
export function wrongCode(secret: string): string {
  const right = new Set([-3, -2, -1, 0, 1, 2, 3].map((later) => codeFor(secret, later)));
  const codes = Array.from({ length: 10 }, (_, n) => String(n).padStart(6, '0'));
  return codes.find((code) => !right.has(code))!;
}

export interface Enrolled {
  id: string;
  email: string;
  /** The access token of the session in which the factor was added, from before it was. */
  token: string;
  refreshToken: string;
  secret: string;
  factorId: string;
  recoveryCodes: string[];
}

export async function register({ client }: Pick<Host, 'client'>) {
  const email = newEmail();
  const { body, status } = await client.post('/auth/register', { email, password: PASSWORD });
  if (status !== 201) throw new Error(`Not registered: ${status}`);
  return { id: body.user.id as string, email, token: body.accessToken, refreshToken: body.refreshToken };
}

/** Adds an authenticator app in this session. */
export async function addTotp({ client }: Pick<Host, 'client'>, token: string, name?: string) {
  const begun = await client.post('/auth/totp', { name }, { token });
  if (begun.status !== 201) throw new Error(`No secret: ${begun.status} ${JSON.stringify(begun.body)}`);
  const { id, secret } = begun.body;
  const confirmed = await client.post(`/auth/totp/${id}/confirm`, { code: codeFor(secret) }, { token });
  if (confirmed.status !== 200) throw new Error(`Not confirmed: ${JSON.stringify(confirmed.body)}`);
  return { factorId: id as string, secret: secret as string, recoveryCodes: confirmed.body.recoveryCodes };
}

/** A new user with an authenticator app that has not been used for a while. */
export async function enrolled(host: Host): Promise<Enrolled> {
  const user = await register(host);
  const factor = await addTotp(host, user.token);
  await rest(host, user.id);
  return { ...user, ...factor };
}

/** As if no code had been used for a while. */
export async function rest({ database }: Pick<Host, 'database'>, userId: string): Promise<void> {
  await database.query('UPDATE auth_factors SET last_step = last_step - 100 WHERE user_id = $1', [userId]);
}

/** The first step of a login: the ticket. */
export async function ticketFor({ client }: Pick<Host, 'client'>, email: string): Promise<string> {
  const { status, body } = await client.post('/auth/login', { email, password: PASSWORD });
  if (status !== 401 || body.error !== 'MFA_REQUIRED')
    throw new Error(`No ticket: ${status} ${JSON.stringify(body)}`);
  return body.mfaToken as string;
}

/** Many tickets. One after the other, because only so many passwords may wait to be verified. */
export async function ticketsFor(host: Host, email: string, count: number): Promise<string[]> {
  const tickets: string[] = [];
  while (tickets.length < count) tickets.push(await ticketFor(host, email));
  return tickets;
}

/** Both steps of a login. */
export async function signIn(host: Host, user: Enrolled, later = 0): Promise<Answer> {
  const mfaToken = await ticketFor(host, user.email);
  return host.client.post('/auth/login/mfa', { mfaToken, code: codeFor(user.secret, later) });
}

/** As if the account had not failed for a while. */
export async function forgive({ database }: Host, userId: string): Promise<void> {
  await database.query('DELETE FROM login_attempts WHERE user_id = $1', [userId]);
}
