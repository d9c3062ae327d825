import type { ClientInfo } from '../sessions/session-types.js';
import type { UserRecord } from '../users/user-store.js';
import type { FactorKindName } from './factor-kind.js';
import type { MfaEnrolment } from './mfa-enrolment.js';
import type { MfaTickets } from './mfa-tickets.js';
import type { SecondFactors } from './second-factors.js';
import type { TrustedDevices } from './trusted-devices.js';

/** What is missing after the right password. */
export type Missing = { methods: FactorKindName[] } | 'enrolment';

/** The password was right, and a second factor is missing: no session has started. */
export interface SecondFactorNeeded {
  outcome: 'second-factor-needed';
  user: UserRecord;
  /** The ticket with which the login is completed, within five minutes. Not a credential. */
  mfaToken: string;
  methods: FactorKindName[];
}

/** The password was right, and the user must set up a second factor first: no session has started. */
export interface EnrolmentNeeded {
  outcome: 'enrolment-needed';
  user: UserRecord;
  /** The ticket with which a factor is set up, together with the code that was mailed. Not a credential. */
  mfaToken: string;
}

/** What a login knows besides its user. */
export interface LoginContext {
  client?: ClientInfo | undefined;
  /** What the cookie of a trusted device holds. */
  trustedDevice?: string | undefined;
}

/** Decides what a login lacks after the right password. */
export class LoginGate {
  /** @param enrolment undefined if the policy requires nothing; @param devices undefined if none is trusted */
  constructor(
    private readonly factors: SecondFactors,
    private readonly tickets: MfaTickets,
    private readonly isRequired: (user: UserRecord) => boolean,
    private readonly enrolment: MfaEnrolment | undefined,
    private readonly devices: TrustedDevices | undefined,
  ) {}

  /** Returns what is missing, or `null` if the password is enough. Ask again once the session has started. */
  async missingFor(user: UserRecord, { trustedDevice }: LoginContext): Promise<Missing | null> {
    const methods = await this.factors.methodsOf(user.id);
    if (methods.length === 0) return this.enrolment && this.isRequired(user) ? 'enrolment' : null;
    return (await this.devices?.isTrusted(user.id, trustedDevice)) ? null : { methods };
  }

  /**
   * Hands out the ticket for what is missing.
   * @param device the id of the device that has signed in before, if it is one
   */
  async stop(
    user: UserRecord,
    missing: Missing,
    client?: ClientInfo,
    device?: string,
  ): Promise<SecondFactorNeeded | EnrolmentNeeded> {
    if (missing === 'enrolment')
      return { outcome: 'enrolment-needed', user, mfaToken: await this.enrolment!.begin(user, client) };
    const mfaToken = await this.tickets.issue(user, 'login-mfa', { device });
    return { outcome: 'second-factor-needed', user, mfaToken, ...missing };
  }
}
