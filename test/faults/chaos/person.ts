import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../support/client.js';
import type { Random } from '../support/random.js';
import type { Caller, Sent } from './caller.js';
import type { Cluster } from './cluster.js';
import { claimsOf } from './operation.js';

const RETRY_MS = 200;
const PATIENCE_MS = 90_000;
const MAIL_MS = 4_000;

/** A session as its client knows it. */
export interface Device {
  sid: string;
  access: string;
  /** All refresh tokens, the present one last. */
  refresh: string[];
}

/** One account and the devices on which somebody is logged in, with everything that a user does. */
export class Person {
  readonly devices: Device[] = [];
  /** Those whose session has ended, or may have. */
  readonly lost: Device[] = [];
  private readonly email: string;
  private passwords = 0;
  private password: string;

  constructor(
    readonly caller: Caller,
    private readonly cluster: Cluster,
    private readonly random: Random,
    private readonly isOver: () => boolean,
  ) {
    this.email = `${caller.person}@example.com`;
    this.password = this.newPassword();
  }

  async register(): Promise<void> {
    const { email, password } = this;
    await this.insist(() =>
      this.caller.send('register', '/auth/register', { body: { email, password } }, { password }),
    );
  }

  /** @param password another one than the right one, to see that it does not work */
  async login(password = this.password): Promise<void> {
    const body = { email: this.email, password };
    const { answer } = await this.caller.send('login', '/auth/login', { body }, { password });
    if (answer?.status !== 200) return;
    const { refreshToken, accessToken } = answer.body;
    this.devices.push({ sid: claimsOf(refreshToken).sid, access: accessToken, refresh: [refreshToken] });
  }

  /** Sends the present token until the outcome is known. */
  async refresh(device: Device): Promise<void> {
    const { answer } = await this.insist(() => this.present(device));
    if (answer) this.adopt(device, answer);
  }

  /** As two tabs do: both send the same token at the same moment. */
  async refreshTwice(device: Device): Promise<void> {
    const both = await Promise.all([this.present(device), this.present(device)]);
    const answered = both.find(({ answer }) => answer?.status === 200);
    if (answered) this.adopt(device, answered.answer!);
    else await this.refresh(device);
  }

  /** As if the answer had been lost: sends the token before the present one, which was not used yet. */
  async repeat(device: Device): Promise<void> {
    await this.refresh(device);
    if (!this.devices.includes(device) || device.refresh.length < 2) return;
    const { answer } = await this.insist(() => this.present(device, -2));
    if (answer && answer.status !== 200) this.lose(device);
  }

  /** A thief has copied a token that was replaced long ago. */
  async steal(device: Device): Promise<void> {
    if (device.refresh.length < 3) return;
    this.lose(device);
    await this.present(device, -3);
  }

  async visit({ access, sid }: Device, to?: string): Promise<Answer | undefined> {
    const { jti, exp } = claimsOf(access);
    const about = { session: sid, access: jti, expiresAt: exp * 1_000 };
    return (await this.caller.send('visit', '/api/protected', { token: access }, about, to)).answer;
  }

  /** The same token on all instances. */
  async visitAll(device: Device): Promise<void> {
    await Promise.all(this.caller.everywhere().map((to) => this.visit(device, to)));
  }

  async logout(device: Device): Promise<void> {
    this.lose(device);
    const body = { refreshToken: device.refresh.at(-1) };
    await this.caller.send('logout', '/auth/logout', { body }, { session: device.sid });
    await this.visitAll(device);
  }

  async logoutEverywhere(device: Device): Promise<void> {
    for (const each of [...this.devices]) this.lose(each);
    await this.caller.send('logout everywhere', '/auth/logout-all', { method: 'POST', token: device.access });
  }

  /** With a login with the old password in the same moment. */
  async changePassword(device: Device): Promise<void> {
    const [currentPassword, password] = [this.password, this.newPassword()];
    for (const each of [...this.devices]) if (each !== device) this.lose(each);
    const body = { currentPassword, newPassword: password };
    const about = { password, session: device.sid };
    const change = () =>
      this.caller.send('change password', '/auth/password', { body, token: device.access }, about);
    const [{ operation }] = await Promise.all([change(), this.login()]);
    if (operation.outcome !== 'refused') await this.find([password, currentPassword]);
  }

  /** By a mailed link, used until it is known whether it works. */
  async resetPassword(): Promise<void> {
    const { email, cluster } = this;
    const before = cluster.mails.mails.length;
    await this.insist(() => this.caller.send('forget password', '/auth/password/forgot', { body: { email } }));
    let token: string | undefined;
    for (const began = Date.now(); !token && Date.now() < began + MAIL_MS; await sleep(RETRY_MS))
      token = cluster.mails.mails
        .slice(before)
        .filter(({ to }) => to.includes(email))
        .map(({ text }) => /#t=(lk_[\w-]+)/.exec(text)?.[1])
        .findLast(Boolean);
    if (!token) return;
    const [old, password] = [this.password, this.newPassword()];
    for (const each of [...this.devices]) this.lose(each);
    const body = { token, newPassword: password };
    await this.insist(() => this.caller.send('reset password', '/auth/password/reset', { body }, { password }));
    await this.find([password, old]);
  }

  /** An operator locks the account for a moment. */
  async disable(): Promise<void> {
    for (const each of [...this.devices]) this.lose(each);
    const run = (action: string) => async () => {
      const { code } = await this.cluster.cli('user', action, this.email);
      return code === 0 ? true : undefined;
    };
    await this.insist(() => this.caller.command('disable', run('disable')));
    await this.login();
    await this.insist(() => this.caller.command('enable', run('enable')));
  }

  /** Tries everything of a session that should be over. */
  async haunt(device: Device): Promise<void> {
    await this.visitAll(device);
    await this.present(device);
  }

  private newPassword(): string {
    return `a long sentence of mine, number ${++this.passwords}`;
  }

  /** Learns which of these passwords is the one. */
  private async find(candidates: string[]): Promise<void> {
    for (const began = Date.now(); Date.now() < began + PATIENCE_MS && !this.isOver(); )
      for (const password of candidates) {
        const known = this.devices.length;
        await this.login(password);
        if (this.devices.length === known) continue;
        this.password = password;
        return;
      }
  }

  private present(device: Device, which = -1): Promise<Sent> {
    const refreshToken = device.refresh.at(which)!;
    const about = { session: device.sid, presented: claimsOf(refreshToken).jti };
    return this.caller.send('refresh', '/auth/refresh', { body: { refreshToken } }, about);
  }

  private adopt(device: Device, { status, body }: Answer): void {
    if (status !== 200) return this.lose(device);
    device.access = body.accessToken;
    device.refresh.push(body.refreshToken);
  }

  private lose(device: Device): void {
    const index = this.devices.indexOf(device);
    if (index < 0) return;
    this.devices.splice(index, 1);
    this.lost.push(device);
  }

  private async insist(attempt: () => Promise<Sent>): Promise<Sent> {
    for (const began = Date.now(); ; await sleep(this.random.whole(50, RETRY_MS))) {
      const sent = await attempt();
      if (sent.operation.outcome !== 'unknown' || Date.now() > began + PATIENCE_MS) return sent;
    }
  }
}
