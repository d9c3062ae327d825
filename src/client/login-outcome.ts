import { type Answer, isText, type LatchkeyUser } from './answer.js';

/** The user, with a session that has begun. */
export type SignedIn<User extends LatchkeyUser = LatchkeyUser> = User & { outcome: 'signed-in' };

/** The password was right, and a second factor must be proven before the session begins: see `loginWithFactor`. */
export interface MfaRequired {
  outcome: 'mfa-required';
  /** The ticket for the second step. Missing in cookie transport: there it is in a cookie. */
  mfaToken?: string;
  /** Which factors the user has: `totp`, `passkey` and `recovery-codes`, for instance. */
  methods: string[];
}

/** The password was right, but the user must add a second factor first, by the ticket and a code that has been mailed: see `factorsOf`. */
export interface MfaEnrolmentRequired {
  outcome: 'mfa-enrolment-required';
  /** The ticket with which to add one. Missing in cookie transport: there it is in a cookie. */
  mfaToken?: string;
}

/** The password was right, and nobody is signed in yet. */
export type FactorNeeded = MfaRequired | MfaEnrolmentRequired;

/** How a login or a registration ended, told apart by `outcome`. There may be more of them later. */
export type LoginOutcome<User extends LatchkeyUser = LatchkeyUser> = SignedIn<User> | FactorNeeded;

/** There is no account yet, or the address has one already: its owner has been mailed what to do next. Nobody is signed in. */
export interface MailSent {
  outcome: 'mail-sent';
}

/** How a registration ended, told apart by `outcome`. There may be more of them later. */
export type RegistrationOutcome<User extends LatchkeyUser = LatchkeyUser> = LoginOutcome<User> | MailSent;

/** The password was right, but nobody is signed in yet. `undefined` for other answers, and if the ticket is missing. */
export function factorNeededIn({ response, body }: Answer, inCookies: boolean): FactorNeeded | undefined {
  const { error, methods, mfaToken } = body;
  const isWhole = response.status === 401 && (inCookies || isText(mfaToken));
  if (isWhole && error === 'MFA_ENROLMENT_REQUIRED') return { outcome: 'mfa-enrolment-required', mfaToken };
  if (isWhole && error === 'MFA_REQUIRED' && Array.isArray(methods))
    return { outcome: 'mfa-required', mfaToken, methods };
  return undefined;
}
