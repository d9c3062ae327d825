import type { FastifyInstance } from 'fastify';
import { AccountAdmin } from '../../../src/accounts/account-admin.js';
import { codeOf, fromBase32 } from '../../../src/mfa/totp.js';
import { PASSWORD } from '../../support/client.js';
import type { Host } from '../../support/host-app.js';
import { tokenFor } from '../../support/recorded-mails.js';
import type { Proof } from './factor-model.js';
import type { Random } from './random.js';

const STEP_SECONDS = 30;

export interface OwnSession {
  sid: string;
  accessToken: string;
  refreshToken: string;
}

export interface Totp {
  id: string;
  secret: string;
}

/** What is answered to a question for a second factor; without a proof, it is wrong. */
export interface Attempted {
  body: { code: string } | { recoveryCode: string };
  proof?: Proof;
}

interface RecoveryCode {
  code: string;
  /** Those that were handed out together are replaced together. */
  set: string;
  group: number;
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
  readonly totps: Totp[] = [];
  private readonly recoveryCodes: RecoveryCode[] = [];
  /** By how many time steps its factors and failures have been made older. */
  private shift = 0;
  private sets = 0;

  constructor(
    readonly email: string,
    private readonly hosts: readonly Host[],
    private readonly random: Random,
  ) {}

  /** Seconds, on the clock of this account. */
  get now(): number {
    return performance.now() / 1000 + this.shift * STEP_SECONDS;
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
    this.shift += steps;
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
  }

  keepCodes(codes: readonly string[]): void {
    const set = `recovery codes ${++this.sets}`;
    this.recoveryCodes.push(...codes.map((code) => ({ code, set, group: this.group })));
  }

  /** Before this group, these could be used. */
  get oldSets(): string[] {
    return [...new Set(this.recoveryCodes.filter(({ group }) => group < this.group).map(({ set }) => set))];
  }

  /**
   * A right, a replayed or a wrong answer, of any kind.
   * @param accepted by the keys of codes
   */
  answer(accepted: ReadonlyMap<string, string>): Attempted {
    const { random } = this;
    const kind = random.weighted({ code: 9, replay: 3, recovery: 3, wrong: 3 });
    const totp = random.of(this.totps);
    if (kind === 'code' && totp) return this.codeOf(totp);
    const key = kind === 'replay' ? random.of([...accepted.keys()]) : undefined;
    // Parallel operations shall choose the same one, and later ones another.
    const isNext = (code: string) => (kind === 'recovery' ? !accepted.has(code) : code === key);
    const recovery = this.recoveryCodes.find(({ code }) => isNext(code));
    return (
      (key !== undefined && this.replayed(key)) || (recovery && recoveryAnswer(recovery)) || this.wrong()
    );
  }

  /** A code that an authenticator app shows now, or nearly: parallel operations often choose the same. */
  codeOf(totp: Totp, offset = this.random.of([0, 0, 0, 1, -1])!): Attempted {
    const real = Math.floor(Date.now() / 1000 / STEP_SECONDS) + offset;
    const key = fromBase32(totp.secret);
    const code = codeOf(key, real);
    // One code of two time steps may pass twice: rare, and right.
    const isTwice = [-2, -1, 1, 2].some((other) => codeOf(key, real + other) === code);
    const step = isTwice ? Math.random() : real + this.shift;
    return { body: { code }, proof: { key: `${totp.id} ${step}`, source: totp.id } };
  }

  /** The code of an authenticator app that had this key. */
  private replayed(key: string): Attempted | undefined {
    const [id, step] = key.split(' ');
    const totp = this.totps.find((each) => each.id === id);
    const real = Number(step) - this.shift;
    if (!totp || !Number.isInteger(real)) return undefined;
    return { body: { code: codeOf(fromBase32(totp.secret), real) }, proof: { key, source: totp.id } };
  }

  wrong(): Attempted {
    if (this.random.chance(0.3)) return { body: { recoveryCode: 'AAAAA-AAAAA-AAAAA-AAAAA-AAAAA' } };
    const now = Math.floor(Date.now() / 1000 / STEP_SECONDS);
    const near = new Set<string>();
    for (const { secret } of this.totps)
      for (let offset = -3; offset <= 3; offset++) near.add(codeOf(fromBase32(secret), now + offset));
    const codes = Array.from({ length: 50 }, (_, n) => String(n).padStart(6, '0'));
    return { body: { code: codes.find((code) => !near.has(code))! } };
  }

  private host(): Host {
    return this.random.of(this.hosts)!;
  }
}

const instance = (host: Host) => host.app.getHttpAdapter().getInstance() as FastifyInstance;

const recoveryAnswer = ({ code, set }: RecoveryCode): Attempted => ({
  body: { recoveryCode: code },
  proof: { key: code, source: set },
});
