import type { LatchkeyUser } from './answer.js';

/** The user, with a session that has begun. */
export type SignedIn<User extends LatchkeyUser = LatchkeyUser> = User & { outcome: 'signed-in' };

/** How a login or a registration ended, told apart by `outcome`. There may be more of them later. */
export type LoginOutcome<User extends LatchkeyUser = LatchkeyUser> = SignedIn<User>;

/** There is no account yet, or the address has one already: its owner has been mailed what to do next. Nobody is signed in. */
export interface MailSent {
  outcome: 'mail-sent';
}

/** How a registration ended, told apart by `outcome`. There may be more of them later. */
export type RegistrationOutcome<User extends LatchkeyUser = LatchkeyUser> = LoginOutcome<User> | MailSent;
