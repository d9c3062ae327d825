import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.js';
import type { Device, Person } from './person.js';

const RETRY_MS = 200;
const PATIENCE_MS = 90_000;
/** How long a mail may take, before the person gives up. */
const MAIL_MS = 4_000;

/** What a person, or an operator, changes about an account: it ends sessions, all of them or all others. */
export class AccountChanges {
  constructor(
    private readonly person: Person,
    private readonly cluster: Cluster,
    private readonly isOver: () => boolean,
  ) {}

  /** With a login with the old password in the same moment. */
  async changePassword(device: Device): Promise<void> {
    const [currentPassword, password] = [this.person.password, this.person.newPassword()];
    this.person.loseAll(device);
    const body = { currentPassword, newPassword: password };
    const about = { password, session: device.sid };
    const change = () =>
      this.person.caller.send('change password', '/auth/password', { body, token: device.access }, about);
    const [{ operation }] = await Promise.all([change(), this.person.login()]);
    if (operation.outcome !== 'refused') await this.find([password, currentPassword]);
  }

  /** By a mailed link, used until it is known whether it works. */
  async resetPassword(): Promise<void> {
    const { cluster } = this;
    const { email } = this.person;
    const before = cluster.mails.mails.length;
    await this.person.insist(() =>
      this.person.caller.send('forget password', '/auth/password/forgot', { body: { email } }),
    );
    let token: string | undefined;
    for (const began = Date.now(); !token && Date.now() < began + MAIL_MS; await sleep(RETRY_MS))
      token = cluster.mails.mails
        .slice(before)
        .filter(({ to }) => to.includes(email))
        .map(({ text }) => /#t=(lk_[\w-]+)/.exec(text)?.[1])
        .findLast(Boolean);
    if (!token) return;
    const [old, password] = [this.person.password, this.person.newPassword()];
    this.person.loseAll();
    const body = { token, newPassword: password };
    await this.person.insist(() =>
      this.person.caller.send('reset password', '/auth/password/reset', { body }, { password }),
    );
    await this.find([password, old]);
  }

  /** An operator locks the account for a moment. */
  async disable(): Promise<void> {
    this.person.loseAll();
    const run = (action: string) => async () => {
      const { code } = await this.cluster.cli('user', action, this.person.email);
      return code === 0 ? true : undefined;
    };
    await this.person.insist(() => this.person.caller.command('disable', run('disable')));
    await this.person.login();
    await this.person.insist(() => this.person.caller.command('enable', run('enable')));
  }

  /** Learns which of these passwords is the one. */
  private async find(candidates: string[]): Promise<void> {
    for (const began = Date.now(); Date.now() < began + PATIENCE_MS && !this.isOver(); await sleep(RETRY_MS))
      for (const password of candidates) {
        const known = this.person.devices.length;
        await this.person.login(password);
        if (this.person.devices.length === known) continue;
        this.person.password = password;
        return;
      }
  }
}
