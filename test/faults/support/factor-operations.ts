import type { FactorAccount, Held } from './factor-account.js';
import type { Attempted, Totp } from './factor-answers.js';
import type { FactorModel } from './factor-model.js';
import { FactorPasskeys } from './factor-passkeys.js';
import type { FactorWitness } from './factor-witness.js';
import type { Random } from './random.js';

/** How often each operation is chosen. */
export const WEIGHTS = {
  login: 4,
  second: 6,
  stepUp: 4,
  refresh: 2,
  add: 2,
  remove: 2,
  addPasskey: 2,
  loginByPasskey: 4,
  renew: 1,
  reset: 1,
  switch: 1,
  logout: 1,
};
export type Operation = keyof typeof WEIGHTS;

/** The operations of a history on one account: each is a few requests, whose answers the model sees. */
export class FactorOperations {
  /** Whether there was a second factor before the group. */
  isProtected = false;
  private disabled = false;
  private readonly passkeys: FactorPasskeys;

  constructor(
    private readonly account: FactorAccount,
    private readonly model: FactorModel,
    private readonly random: Random,
    private readonly witness: FactorWitness,
  ) {
    this.passkeys = new FactorPasskeys(account, model, witness, random);
  }

  async register(): Promise<void> {
    const { account } = this;
    const reply = await account.post('/auth/register', { email: account.email, password: account.password });
    if (reply.status !== 201) throw new Error(`register: ${reply.status} ${JSON.stringify(reply.body)}`);
    account.id = reply.body.user.id;
    this.witness.begun(reply, 'password', 'register', false);
  }

  async login(): Promise<void> {
    const { account, random } = this;
    const { email, password, group } = account;
    const held = { own: account.cookies, others: account.cookiesOfOthers, none: [] };
    const cookie = random.of<Held>(held[random.weighted({ own: 8, others: 1, none: 1 })]);
    const reply = await account.post('/auth/login', { email, password }, { cookie: cookie?.value });
    this.witness.note('login', reply, cookie ? 'from a trusted device' : '');
    if (reply.body.mfaToken) account.tickets.push({ value: reply.body.mfaToken, group });
    if (reply.status !== 200) return;
    const isTrusted = this.isProtected && cookie !== undefined && !cookie.isDead;
    this.witness.begun(reply, isTrusted ? 'device' : 'password', 'login', isTrusted && cookie.group < group);
  }

  async second(chosen?: Attempted): Promise<void> {
    const { account, random } = this;
    if (random.chance(0.4)) await this.login();
    const ticket = random.chance(0.8) ? account.tickets.at(-1) : random.of(account.tickets);
    if (!ticket) return;
    const mfaToken = ticket.value;
    const given = chosen ?? (await this.answer('/auth/login/mfa', { mfaToken }));
    const trustDevice = random.chance(0.7);
    const reply = await account.post('/auth/login/mfa', { mfaToken, ...given.body, trustDevice });
    const isFromBefore = ticket.group < account.group;
    this.witness.checked(named('second step', given), reply, given, () =>
      this.witness.begun(reply, 'factor', 'second step', isFromBefore),
    );
    // Of another group than the ticket, because nothing after the ticket's can keep it alive.
    if (reply.trusted) account.cookies.push({ value: reply.trusted, group: ticket.group });
  }

  async stepUp(chosen?: Attempted): Promise<void> {
    const { account, random, model } = this;
    const session = this.witness.session();
    if (!session) return this.login();
    const token = session.accessToken;
    if (random.chance(0.15)) {
      const reply = await account.post('/auth/step-up', { password: account.password }, { token });
      this.witness.note('step-up by password', reply);
      if (reply.status === 200) model.token(reply.body.accessToken, 'step-up by password');
      return;
    }
    const given = chosen ?? (await this.answer('/auth/step-up', {}, token));
    const reply = await account.post('/auth/step-up', given.body, { token });
    this.witness.checked(named('step-up', given), reply, given, () => {
      session.accessToken = reply.body.accessToken;
      return model.token(reply.body.accessToken, 'step-up');
    });
  }

  async refresh(session = this.witness.session()): Promise<void> {
    if (!session) return this.login();
    const reply = await this.account.post('/auth/refresh', { refreshToken: session.refreshToken });
    this.witness.note('refresh', reply, session.sid);
    if (reply.status !== 200) return;
    this.model.token(reply.body.accessToken, 'refresh');
    Object.assign(session, { accessToken: reply.body.accessToken, refreshToken: reply.body.refreshToken });
  }

  async add(): Promise<void> {
    const { account } = this;
    const session = this.witness.session();
    if (!session) return this.login();
    const { accessToken: token } = session;
    const begun = await account.post('/auth/totp', {}, { token });
    this.witness.note('new authenticator', begun, session.sid);
    if (begun.status !== 201) return;
    const totp: Totp = { id: begun.body.id, secret: begun.body.secret };
    const given = account.answers.codeOf(totp);
    const reply = await account.post(`/auth/totp/${totp.id}/confirm`, given.body, { token });
    if (reply.status === 200) {
      account.answers.totps.push(totp);
      const { recoveryCodes } = reply.body;
      this.model.changed({ kind: recoveryCodes ? 'first-factor' : 'factor-added', owner: session.sid });
      if (recoveryCodes) account.answers.keepCodes(recoveryCodes, account.group);
    }
    this.witness.checked('confirmation', reply, given, () => session.sid);
    if (reply.status === 200) await this.refresh(session);
  }

  async remove(): Promise<void> {
    const { account, model, random } = this;
    const session = this.witness.session();
    const id = (random.chance(0.3) && this.passkeys.newest) || account.answers.totps.at(-1)?.id;
    if (!session || !id) return this.login();
    const reply = await account.call('DELETE', `/auth/factors/${id}`, { token: session.accessToken });
    this.witness.note('removal', reply, `${id} in ${session.sid}`);
    if (reply.status === 204) model.changed({ kind: 'factor-removed', owner: session.sid, source: id });
  }

  async renew(): Promise<void> {
    const { account, model } = this;
    const session = this.witness.session();
    if (!session) return this.login();
    const reply = await account.post('/auth/recovery-codes', {}, { token: session.accessToken });
    this.witness.note('new recovery codes', reply, session.sid);
    if (reply.status !== 201) return;
    model.changed({ kind: 'codes-renewed', owner: session.sid });
    account.answers.keepCodes(reply.body.recoveryCodes, account.group);
  }

  async reset(): Promise<void> {
    const { account } = this;
    const token = await account.resetToken();
    if (token === undefined) return;
    const newPassword = `the sentence number ${this.witness.log.length} of mine`;
    const reply = await account.post('/auth/password/reset', { token, newPassword });
    this.witness.note('reset', reply);
    if (reply.status >= 300) return;
    account.password = newPassword;
    this.model.changed({ kind: 'reset' });
  }

  async switch(): Promise<void> {
    this.disabled = !this.disabled;
    const switched = await this.account.switch(this.disabled);
    this.witness.log.push(`disabled ${this.disabled}: ${switched}`);
    if (this.disabled && switched) this.model.changed({ kind: 'disabled' });
  }

  async logout(): Promise<void> {
    const { refreshToken } = this.witness.session() ?? {};
    if (refreshToken) this.witness.note('logout', await this.account.post('/auth/logout', { refreshToken }));
  }

  addPasskey(): Promise<void> {
    return this.passkeys.add();
  }

  loginByPasskey(): Promise<void> {
    return this.passkeys.login();
  }

  private async answer(url: string, body: object, token?: string): Promise<Attempted> {
    const signed = this.random.chance(0.3) ? await this.passkeys.answer(url, body, token) : undefined;
    return signed ?? this.account.answers.answer(this.model.accepted);
  }
}

const named = (what: string, { body }: Attempted) => ('passkey' in body ? `${what} by passkey` : what);
