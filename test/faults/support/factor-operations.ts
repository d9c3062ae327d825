import type { Attempted, FactorAccount, OwnSession, Reply, Totp } from './factor-account.js';
import type { FactorModel } from './factor-model.js';
import type { Random } from './random.js';

/** How often each operation is chosen. */
export const WEIGHTS = {
  login: 4,
  second: 6,
  stepUp: 4,
  refresh: 2,
  add: 2,
  remove: 2,
  renew: 1,
  reset: 1,
  switch: 1,
  logout: 1,
};
export type Operation = keyof typeof WEIGHTS;

/** The operations of a history on one account: each is a few requests, whose answers the model sees. */
export class FactorOperations {
  readonly log: string[] = [];
  /** How often what was answered. */
  readonly seen = new Map<string, number>();
  /** Whether there was a second factor before the group. */
  isProtected = false;
  private disabled = false;

  constructor(
    private readonly account: FactorAccount,
    private readonly model: FactorModel,
    private readonly random: Random,
  ) {}

  async register(): Promise<void> {
    const { email, password } = this.account;
    const reply = await this.account.post('/auth/register', { email, password });
    this.account.id = reply.body.user.id;
    this.begun(reply, 'password', 'register', false);
  }

  async login(): Promise<void> {
    const { account, random } = this;
    const { email, password, group } = account;
    const cookie = random.chance(0.8) ? random.of(account.cookies) : undefined;
    const reply = await account.post('/auth/login', { email, password }, { cookie: cookie?.value });
    this.note('login', reply, cookie ? 'from a trusted device' : '');
    if (reply.body.mfaToken) account.tickets.push({ value: reply.body.mfaToken, group });
    if (reply.status !== 200) return;
    const isTrusted = this.isProtected && cookie !== undefined && !cookie.isDead;
    this.begun(reply, isTrusted ? 'device' : 'password', 'login', isTrusted && cookie.group < group);
  }

  async second(given = this.account.answer(this.model.accepted)): Promise<void> {
    const { account, random } = this;
    if (random.chance(0.4)) await this.login();
    const ticket = random.chance(0.8) ? account.tickets.at(-1) : random.of(account.tickets);
    if (!ticket) return;
    const trustDevice = random.chance(0.7);
    const reply = await account.post('/auth/login/mfa', {
      mfaToken: ticket.value,
      ...given.body,
      trustDevice,
    });
    const isFromBefore = ticket.group < account.group;
    this.checked('second step', reply, given, () => this.begun(reply, 'factor', 'second step', isFromBefore));
    // Of another group than the ticket, because nothing after the ticket's can keep it alive.
    if (reply.trusted) account.cookies.push({ value: reply.trusted, group: ticket.group });
  }

  async stepUp(given = this.account.answer(this.model.accepted)): Promise<void> {
    const { account, random, model } = this;
    const session = this.session();
    if (!session) return this.login();
    const token = session.accessToken;
    if (random.chance(0.15)) {
      const reply = await account.post('/auth/step-up', { password: account.password }, { token });
      this.note('step-up by password', reply);
      if (reply.status === 200) model.token(reply.body.accessToken, 'step-up by password');
      return;
    }
    const reply = await account.post('/auth/step-up', given.body, { token });
    this.checked('step-up', reply, given, () => {
      session.accessToken = reply.body.accessToken;
      return model.token(reply.body.accessToken, 'step-up');
    });
  }

  async refresh(session = this.session()): Promise<void> {
    if (!session) return this.login();
    const reply = await this.account.post('/auth/refresh', { refreshToken: session.refreshToken });
    this.note('refresh', reply, session.sid);
    if (reply.status !== 200) return;
    this.model.token(reply.body.accessToken, 'refresh');
    Object.assign(session, { accessToken: reply.body.accessToken, refreshToken: reply.body.refreshToken });
  }

  async add(): Promise<void> {
    const { account } = this;
    const session = this.session();
    if (!session) return this.login();
    const token = session.accessToken;
    const begun = await account.post('/auth/totp', {}, { token });
    this.note('new authenticator', begun, session.sid);
    if (begun.status !== 201) return;
    const totp: Totp = { id: begun.body.id, secret: begun.body.secret };
    const given = account.codeOf(totp);
    const reply = await account.post(`/auth/totp/${totp.id}/confirm`, given.body, { token });
    if (reply.status === 200) {
      account.totps.push(totp);
      const { recoveryCodes } = reply.body;
      this.model.changed({ kind: recoveryCodes ? 'first-factor' : 'factor-added', owner: session.sid });
      if (recoveryCodes) account.keepCodes(recoveryCodes);
    }
    this.checked('confirmation', reply, given, () => session.sid);
    if (reply.status === 200) await this.refresh(session);
  }

  async remove(): Promise<void> {
    const { account, model } = this;
    const [session, totp] = [this.session(), account.totps.at(-1)];
    if (!session || !totp) return this.login();
    const reply = await account.call('DELETE', `/auth/factors/${totp.id}`, { token: session.accessToken });
    this.note('removal', reply, `${totp.id} in ${session.sid}`);
    if (reply.status === 204) model.changed({ kind: 'factor-removed', owner: session.sid, source: totp.id });
  }

  async renew(): Promise<void> {
    const { account, model } = this;
    const session = this.session();
    if (!session) return this.login();
    const reply = await account.post('/auth/recovery-codes', {}, { token: session.accessToken });
    this.note('new recovery codes', reply, session.sid);
    if (reply.status !== 201) return;
    model.changed({ kind: 'codes-renewed', owner: session.sid });
    account.keepCodes(reply.body.recoveryCodes);
  }

  async reset(): Promise<void> {
    const { account } = this;
    const token = await account.resetToken();
    if (token === undefined) return;
    const newPassword = `the sentence number ${this.log.length} of mine`;
    const reply = await account.post('/auth/password/reset', { token, newPassword });
    this.note('reset', reply);
    if (reply.status >= 300) return;
    account.password = newPassword;
    this.model.changed({ kind: 'reset' });
  }

  async switch(): Promise<void> {
    this.disabled = !this.disabled;
    const switched = await this.account.switch(this.disabled);
    this.log.push(`disabled ${this.disabled}: ${switched}`);
    if (this.disabled && switched) this.model.changed({ kind: 'disabled' });
  }

  async logout(): Promise<void> {
    const session = this.session();
    if (!session) return this.login();
    this.note('logout', await this.account.post('/auth/logout', { refreshToken: session.refreshToken }));
  }

  private session(): OwnSession | undefined {
    const { sessions } = this.account;
    return this.random.chance(0.7) ? sessions.at(-1) : this.random.of(sessions);
  }

  private begun(
    reply: Reply,
    by: 'password' | 'device' | 'factor',
    what: string,
    isFromBefore: boolean,
  ): string {
    const { accessToken, refreshToken } = reply.body;
    const sid = this.model.token(accessToken, what);
    this.model.session(sid, { by, isFromBefore });
    this.account.sessions.push({ sid, accessToken, refreshToken });
    return sid;
  }

  /** @param accepted returns the session that the code was for */
  private checked(what: string, reply: Reply, { body, proof }: Attempted, accepted: () => string): void {
    this.note(what, reply, proof?.key ?? JSON.stringify(body));
    if (reply.body.error === 'INVALID_CODE') return this.model.failed();
    if (reply.status === 429) return;
    if (proof) this.model.mayHavePassed();
    if (reply.status !== 200) return;
    const sid = accepted();
    if (proof) this.model.proven(proof, sid, what);
    else this.model.wrongAccepted(what);
  }

  private note(what: string, { status, body }: Reply, about = ''): void {
    const outcome = `${status} ${body?.error ?? ''}`.trim();
    this.log.push(`${what} ${about}: ${outcome}`);
    this.seen.set(`${what}: ${outcome}`, (this.seen.get(`${what}: ${outcome}`) ?? 0) + 1);
    if (status >= 500) this.model.violations.push(`${what} was answered with ${status}`);
  }
}
