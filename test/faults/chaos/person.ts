import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../support/client.js';
import { codeFor } from '../../support/second-factors.js';
import type { Random } from '../support/random.js';
import type { Caller, Sent } from './caller.js';
import { claimsOf } from './operation.js';
import { addTotp, secondStep } from './second-factor.js';

const RETRY_MS = 200;
const PATIENCE_MS = 90_000;

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
  readonly email: string;
  private passwords = 0;
  password: string;
  private secret: string | undefined;
  private lastCode: string | undefined;

  constructor(
    readonly caller: Caller,
    private readonly random: Random,
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
    const code = this.secret && codeFor(this.secret);
    if (code !== undefined && code === this.lastCode) return; // the app shows the next one in half a minute
    const body = { email: this.email, password };
    const { answer } = await this.caller.send('login', '/auth/login', { body }, { password });
    if (answer?.status === 200) this.begin(answer);
    if (code === undefined || answer?.body.error !== 'MFA_REQUIRED') return;
    this.lastCode = code;
    const { mfaToken } = answer.body as { mfaToken: string };
    for (const sent of await secondStep(this.caller, { code, mfaToken, password }))
      if (sent.answer?.status === 200) this.begin(sent.answer);
  }

  /** From now on, a password is not enough. */
  async addFactor(): Promise<void> {
    await this.login();
    const [device] = this.devices;
    if (device) this.secret = await addTotp(this.caller, device.access, device.sid);
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
    this.loseAll();
    await this.caller.send('logout everywhere', '/auth/logout-all', { method: 'POST', token: device.access });
  }

  /** Tries everything of a session that should be over, or goes on if its end was refused. */
  async haunt(device: Device): Promise<void> {
    await this.visitAll(device);
    await this.insist(() => this.present(device));
  }

  private begin({ body }: Answer): void {
    const { refreshToken, accessToken } = body as { refreshToken: string; accessToken: string };
    this.devices.push({ sid: claimsOf(refreshToken).sid, access: accessToken, refresh: [refreshToken] });
  }

  newPassword(): string {
    return `a long sentence of mine, number ${++this.passwords}`;
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
    if (index >= 0) this.lost.push(...this.devices.splice(index, 1));
  }

  loseAll(except?: Device): void {
    for (const device of this.devices.filter((each) => each !== except)) this.lose(device);
  }

  /** Does it again until the outcome is known. */
  async insist(attempt: () => Promise<Sent>): Promise<Sent> {
    for (const began = Date.now(); ; await sleep(this.random.whole(50, RETRY_MS))) {
      const sent = await attempt();
      if (sent.operation.outcome !== 'unknown' || Date.now() > began + PATIENCE_MS) return sent;
    }
  }
}
