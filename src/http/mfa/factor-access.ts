import { TokenMissingError } from '../../errors/auth-errors.js';
import type { FactorOwner } from '../../mfa/owned-accounts.js';
import { CONFIRM_WITHIN } from '../../mfa/factor-store.js';
import type { MfaEnrolment } from '../../mfa/mfa-enrolment.js';
import type { Ownership } from '../../mfa/ownership.js';
import { RECENT_SECONDS } from '../../mfa/recovery-brake.js';
import type { UserStore } from '../../users/user-store.js';
import { activeUser } from '../../accounts/active-user.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { AuthUser } from '../../transports/auth-user.js';
import type { CsrfGuard } from '../browser/csrf.guard.js';
import { shownBy } from '../guards/owner.guard.js';
import type { StepUpClock } from '../guards/step-up-clock.js';
import { bearerToken } from '../strategies/bearer-token.js';
import type { MfaCookies } from './mfa-cookies.js';
import type { EnrolmentDto } from './totp.dto.js';

/** How long ago the user may have authenticated, in seconds, when a factor is confirmed that was begun by somebody who had just authenticated. */
const MAX_AGE_CONFIRMING = RECENT_SECONDS + CONFIRM_WITHIN;

/** Who changes factors, and what their authenticator apps should call the account. */
export interface EnrollingUser extends FactorOwner {
  email: string;
}

/** Decides who may change factors: a user who has just authenticated, or somebody with the ticket of a login. */
export class FactorAccess {
  /** @param enrolment undefined if the policy requires nothing, so that there are no tickets */
  constructor(
    private readonly ownership: Ownership,
    private readonly users: UserStore,
    private readonly clock: StepUpClock,
    private readonly csrf: CsrfGuard,
    private readonly cookies: MfaCookies,
    private readonly enrolment: MfaEnrolment | undefined,
  ) {}

  /**
   * Requires a recent authentication: with a second factor, if the user has one. Otherwise, whoever knows the password
   * could add a factor of their own. For some time after a recovery, a passkey is needed.
   * @throws StepUpRequiredError
   */
  async assertRecent(user: AuthUser, maxAge = RECENT_SECONDS): Promise<FactorOwner> {
    const owner = { id: user.id, sessionId: user.sessionId, ...shownBy(user) };
    const acr = await this.ownership.assertOwner(owner, 'factors');
    this.clock.assertMeets(user, { acr, maxAge });
    return owner;
  }

  /**
   * Who adds a factor: the ticket in the body, the user of the token in the header, the ticket in its cookie, or the user
   * whose session is in cookies. A browser in which somebody is signed in may hold the ticket of somebody else, who has
   * come after them: whoever signs in loses it.
   * @param isFresh `false` if the factor is only confirmed: the authentication may be older then, but not weaker
   * @throws TokenMissingError | StepUpRequiredError | ActionTokenInvalidError | InvalidCodeError | CsrfRejectedError
   */
  async enrolling(
    user: AuthUser | undefined,
    { mfaToken, emailCode }: EnrolmentDto,
    request: AuthRequest,
    isFresh: boolean,
  ): Promise<EnrollingUser> {
    const isAmbiguous = this.enrolment !== undefined && bearerToken(request) === null;
    const ticket =
      mfaToken ?? (isAmbiguous || !user ? await this.enrolmentTicketIn(request, user) : undefined);
    if (ticket === undefined && user) {
      const owner = await this.assertRecent(user, isFresh ? RECENT_SECONDS : MAX_AGE_CONFIRMING);
      const { email } = await activeUser(this.users, user.id);
      return { ...owner, email };
    }
    const { enrolment } = this;
    if (ticket === undefined || !enrolment) throw new TokenMissingError();
    const { id, email } = await enrolment.open(ticket, emailCode ?? undefined);
    return { id, email, assertGood: () => enrolment.open(ticket, undefined) };
  }

  /** In the browser of a signed-in user, a login that waits for its second step says nothing about who adds a factor. */
  private async enrolmentTicketIn(request: AuthRequest, user?: AuthUser): Promise<string | undefined> {
    const ticket = this.ticketIn(request);
    const isForLogin = user && ticket !== undefined && (await this.enrolment?.isForLogin(ticket));
    return isForLogin ? undefined : ticket;
  }

  /** The ticket in the cookie. @throws CsrfRejectedError if a foreign page sent it */
  ticketIn(request: AuthRequest): string | undefined {
    const ticket = this.cookies.ticket(request);
    if (ticket !== undefined) this.csrf.assertOwnPage(request);
    return ticket;
  }
}
