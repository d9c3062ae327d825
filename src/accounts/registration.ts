import { UnavailableError } from '../errors/auth-errors.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { LoginGate } from '../mfa/login-gate.js';
import type { DeviceProofs } from '../tokens/device-proofs.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { UserRecord } from '../users/user-store.js';
import { stranger } from './applicants.js';
import type { AccountEvents } from './account-events.js';
import type { EmailVerification } from './email-verification.js';
import { firstSession } from './first-session.js';
import type { LoginOutcome } from './login-outcome.js';
import type { NewAccounts, Registration } from './new-accounts.js';

/** Registers users, with or without starting a session. */
export class Registrar {
  /**
   * @param noFields what a registration without fields passes on; `undefined` in apps that have no fields
   * @param verification mails a link that proves the address. Default: none is sent
   * @param gate given if there are second factors
   */
  constructor(
    private readonly accounts: NewAccounts,
    private readonly tokens: TokensService,
    private readonly events: AccountEvents,
    private readonly devices: DeviceProofs,
    private readonly noFields?: object,
    private readonly verification?: Pick<EmailVerification, 'send'>,
    private readonly gate?: LoginGate,
  ) {}

  /** See `AuthService.register`. */
  async register(
    registration: Registration,
    client?: ClientInfo,
    fields = this.noFields,
  ): Promise<LoginOutcome> {
    const user = await this.accounts.add(registration, { fields }, stranger(client, true));
    const { tokens, events, gate } = this;
    const session = await firstSession(user, { tokens, events, gate }, client);
    await this.sendLink(user);
    if ('missing' in session) return gate!.stop(user, session.missing, client);
    const deviceProof = await this.devices.issue(user);
    return { outcome: 'signed-in', user, tokens: session.tokens, deviceProof };
  }

  /** See `AuthService.createUser`. */
  async create(registration: Registration, client?: ClientInfo, fields = this.noFields): Promise<UserRecord> {
    const user = await this.accounts.add(registration, { fields }, stranger(client, true));
    this.events.registered(user, client);
    await this.sendLink(user);
    return user;
  }

  /** The account exists, so a failure is no failure of the registration: the user can ask for another link. */
  private async sendLink(user: UserRecord): Promise<void> {
    await this.verification?.send(user).catch((error: unknown) => {
      if (!(error instanceof UnavailableError)) throw error;
    });
  }
}
