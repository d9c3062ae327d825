import { randomUUID } from 'node:crypto';
import { type Client, cookieHeader, newEmail, PASSWORD } from '../../support/client.js';
import { addTotp, codeFor, register, ticketFor } from '../../support/second-factors.js';
import type { Random } from './random.js';

const DEAD_LINK = `lk_${'A'.repeat(65)}`;

/** A user with a session of each kind, and in half of the cases an authenticator app. */
export class FuzzCaller {
  private constructor(
    private readonly random: Random,
    private readonly has: Record<string, unknown[]>,
    readonly accessToken: string,
    readonly cookie: string,
  ) {}

  static async signUp(client: Client, random: Random): Promise<FuzzCaller> {
    const { email, token, refreshToken } = await register({ client });
    const headers = { 'x-auth-transport': 'cookie' };
    const browser = await client.post('/auth/login', { email, password: PASSWORD }, { headers });
    const sessions = await client.get('/auth/sessions', { token });
    const factor = random.chance(0.5) ? await addTotp({ client }, token) : undefined;
    const has = {
      email: [email, newEmail()],
      newEmail: [newEmail()],
      password: [PASSWORD],
      currentPassword: [PASSWORD],
      newPassword: ['another long sentence', PASSWORD],
      refreshToken: [refreshToken],
      token: [token, refreshToken, DEAD_LINK],
      name: ['Ada'],
      id: [sessions.body[0]?.id, factor?.factorId, randomUUID()],
      code: [factor && codeFor(factor.secret, random.whole(-1, 1)), '000000'],
      recoveryCode: factor?.recoveryCodes ?? [],
      mfaToken: factor ? [await ticketFor({ client }, email)] : [],
      limit: ['1', '100'],
    };
    return new FuzzCaller(random, has, token, cookieHeader(browser));
  }

  known(name: string): unknown {
    return this.random.of(this.has[name] ?? []);
  }
}
