import type { FastifyInstance } from 'fastify';
import { AccountAdmin } from '../../../src/accounts/account-admin.js';
import { STEP_SECONDS } from '../../../src/mfa/factor-store.js';
import { PASSWORD } from '../../support/client.js';
import type { Host } from '../../support/host-app.js';
import { tokenFor } from '../../support/recorded-mails.js';
import { FactorAnswers } from './factor-answers.js';
import type { Random } from './random.js';

/** For how many time steps a device is trusted. */
export const TRUSTED_STEPS = (30 * 86_400) / STEP_SECONDS;

export interface OwnSession {
  sid: string;
  accessToken: string;
  refreshToken: string;
}

export interface Reply {
  status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- as it came
  body: any;
  trusted: string | undefined;
}

/** Whatever was handed out, and in which group. */
export interface Held {
  value: string;
  group: number;
  /** It can no longer be good for anything. */
  isDead?: boolean;
}

/** One account, with everything that its owner, or whoever has stolen it, holds; and the means to use it at any instance. */
export class FactorAccount {
  id = '';
  group = 0;
  password = PASSWORD;
  readonly sessions: OwnSession[] = [];
  readonly tickets: Held[] = [];
  readonly cookies: Held[] = [];
  readonly cookiesOfOthers: readonly Held[];
  readonly answers: FactorAnswers;

  constructor(
    readonly email: string,
    private readonly hosts: readonly Host[],
    private readonly random: Random,
    cookiesOfOthers: readonly string[],
  ) {
    this.cookiesOfOthers = cookiesOfOthers.map((value) => ({ value, group: 0, isDead: true }));
    this.answers = new FactorAnswers(random);
  }

  /** Seconds, on the clock of this account. */
  get now(): number {
    return performance.now() / 1000 + this.answers.shift * STEP_SECONDS;
  }

  async post(url: string, body: object, call: { token?: string; cookie?: string } = {}): Promise<Reply> {
    return this.call('POST', url, call, body);
  }

  async call(
    method: 'POST' | 'DELETE',
    url: string,
    { token, cookie }: { token?: string; cookie?: string } = {},
    body?: object,
  ): Promise<Reply> {
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(cookie !== undefined && { cookie: `trusted=${cookie}` }),
    };
    const answer = await instance(this.host()).inject({
      method,
      url,
      headers,
      ...(body && { payload: body }),
    });
    const text = answer.body;
    return {
      status: answer.statusCode,
      body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
      trusted: answer.cookies.find(({ name }) => name === 'trusted')?.value,
    };
  }

  /** The token of a link that was mailed; `undefined` if none was, or the link is dead already. */
  async resetToken(): Promise<string | undefined> {
    await this.post('/auth/password/forgot', { email: this.email });
    return tokenFor(this.host(), this.email, 'reset-password').catch(() => undefined);
  }

  async switch(disabled: boolean): Promise<boolean> {
    const admin = this.host().app.get(AccountAdmin);
    return (await (disabled ? admin.disable(this.id) : admin.enable(this.id))) === true;
  }

  /** Lets time pass for this account alone, so that others may run at the same time. */
  async wait(steps: number): Promise<void> {
    this.answers.shift += steps;
    const { database } = this.hosts[0]!;
    await database.query('UPDATE auth_factors SET last_step = last_step - $2 WHERE user_id = $1', [
      this.id,
      steps,
    ]);
    await database.query(
      `UPDATE login_attempts SET free_at = free_at - make_interval(secs => $2),
         last_at = last_at - make_interval(secs => $2) WHERE user_id = $1`,
      [this.id, steps * STEP_SECONDS],
    );
    await database.query(
      `UPDATE auth_trusted_devices SET expires_at = expires_at - make_interval(secs => $2) WHERE user_id = $1`,
      [this.id, steps * STEP_SECONDS],
    );
    if (steps >= TRUSTED_STEPS) this.forgetCookies(() => true);
  }

  /** Devices that were trusted before are trusted no more. */
  forgetCookies(isOver = ({ group }: Held) => group < this.group): void {
    this.cookies.forEach((cookie, i) => {
      if (isOver(cookie)) this.cookies[i] = { ...cookie, isDead: true };
    });
  }

  private host(): Host {
    return this.random.of(this.hosts)!;
  }
}

const instance = (host: Host) => host.app.getHttpAdapter().getInstance() as FastifyInstance;
