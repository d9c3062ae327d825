import type { AccountStates } from '../actions/account-states.js';
import { InvalidCredentialsError } from '../errors/auth-errors.js';
import { type FactorAnswer, withFactor } from '../mfa/factor-kind.js';
import type { MfaTickets, PresentedTicket } from '../mfa/mfa-tickets.js';
import type { SecondFactors } from '../mfa/second-factors.js';
import type { TrustedDevices } from '../mfa/trusted-devices.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { DeviceProofs } from '../tokens/device-proofs.js';
import type { UserRecord } from '../users/user-store.js';
import type { AccountEvents } from './account-events.js';
import type { Authenticated } from './login-outcome.js';
import type { SessionStart } from './session-start.js';

/** The ticket of a login, the answer of one of the user's factors, and whether to ask again on this device. */
export interface SecondStep {
  mfaToken: string;
  answer: FactorAnswer;
  trustDevice?: boolean;
}

/** Completes logins whose password was right. */
export class MfaLogin {
  constructor(
    private readonly tickets: MfaTickets,
    private readonly factors: SecondFactors,
    private readonly states: Pick<AccountStates, 'of'>,
    private readonly sessions: SessionStart,
    private readonly events: AccountEvents,
    private readonly proofs: DeviceProofs,
    private readonly devices: TrustedDevices | undefined,
  ) {}

  /**
   * Starts the session of a login once the second factor is proven. The ticket is good for five tries and one session; it
   * is dead if the account or its password has changed.
   * @throws ActionTokenInvalidError if the ticket is not good; InvalidCodeError or another error of the factor's kind if the
   *   answer is wrong; RateLimitedError if the account has to wait
   */
  async complete({ mfaToken, answer, trustDevice }: SecondStep, client?: ClientInfo): Promise<Authenticated> {
    const ticket = await this.tickets.read(mfaToken, 'login-mfa');
    const { user, epoch } = ticket;
    await this.tickets.countTry(ticket);
    const occasion = { use: 'login', boundTo: ticket.presented.action.id } as const;
    const proof = await this.factors.prove(user.id, answer, occasion, client);
    await this.tickets.consume(ticket);
    const isStillGood = async (now: UserRecord) =>
      !now.disabled &&
      now.passwordHash === user.passwordHash &&
      (await this.states.of(user.id)).epoch === epoch;
    const start = await this.sessions.begin(user, isStillGood, client, withFactor(proof));
    if (start.outcome === 'changed') {
      this.events.loginFailed(user.email, start.user, client);
      throw new InvalidCredentialsError();
    }
    const trusting = trustDevice ? { epoch } : undefined;
    return this.signedIn(start, ticket, trusting, client);
  }

  private async signedIn(
    { user, tokens, sessionId }: Pick<Authenticated, 'user' | 'tokens'> & { sessionId: string },
    { device }: PresentedTicket,
    trusting: { epoch: number } | undefined,
    client?: ClientInfo,
  ): Promise<Authenticated> {
    this.events.loggedIn(user, sessionId, client, device !== undefined);
    const deviceProof = await this.proofs.issue(user, device);
    const trustedDevice = trusting && (await this.devices?.trust(user.id, trusting.epoch, client));
    return {
      outcome: 'signed-in',
      user,
      tokens,
      deviceProof,
      ...(trustedDevice !== undefined && { trustedDevice }),
    };
  }
}
