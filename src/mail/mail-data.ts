/** What was changed about how somebody signs in. */
export type SecurityNotice =
  | 'factor-added'
  | 'factor-removed'
  | 'recovery-code-used'
  | 'recovery-codes-renewed'
  | 'passkey-suspended'
  | 'identity-linked'
  | 'identity-unlinked'
  | 'factors-reset';

/** When and where something happened. */
interface Occasion {
  /** ISO 8601 in UTC. */
  at?: string;
  /** Such as `Firefox on Linux`. */
  device?: string;
  ip?: string;
}

interface Greeted {
  /** The name of the person who is written to. */
  name?: string | null;
}

/** What a link is good for. */
interface Limited extends Greeted {
  /** When the link expires: ISO 8601 in UTC. */
  expiresAt?: string;
}

/** What each mail says besides its link. It is stored in the outbox, so it never contains a secret. */
export interface MailData {
  /** A link that ends a registration. */
  'confirm-registration': Limited;
  /** To the owner of an account: somebody has tried to register with this address. */
  'address-taken': Greeted & Occasion;
  /** A link that proves the address of an account that exists. */
  'verify-email': Limited;
  /** A link that replaces a forgotten password. */
  'reset-password': Limited;
  /** The password was changed by somebody who was signed in. */
  'password-changed': Greeted & Occasion;
  /** The password was replaced by a link. */
  'password-reset': Greeted & Occasion;
  /** To the new address: a link that makes it the address of the account. */
  'email-change-confirm': Limited;
  /** To the old address, with a link that undoes the change. `newEmail` may be masked. */
  'email-change-requested': Limited & Occasion & { newEmail: string };
  /** To the old address, with a link that undoes the change. */
  'email-changed': Limited & Occasion & { newEmail: string };
  /** The account will be deleted at `closesAt` (ISO 8601 in UTC), with a link that prevents it. */
  'account-closing': Greeted & Occasion & { closesAt: string };
  'account-closed': Greeted;
  'signed-in-on-new-device': Greeted & Occasion;
  /** Many attempts to sign in have failed. The link of the mail resets the password if the mail has an action. */
  'strangers-failed': Greeted & Occasion & { count: number };
  'security-notice': Greeted & Occasion & { notice: SecurityNotice; what?: string };
  /** All second factors will be removed at `resetsAt` (ISO 8601 in UTC), with a link that prevents it. */
  'factors-reset-requested': Greeted & { resetsAt: string };
  /** A code with which the owner sets up a second factor. It is made when the mail is sent. */
  'enrolment-code': Greeted & Occasion;
}

/** A kind of mail. */
export type MailTemplateName = keyof MailData;

/** The pages that mails lead to. Those of the first line take a token. */
export const LINK_PAGES = {
  confirmRegistration: 'confirm',
  verifyEmail: 'verify',
  resetPassword: 'reset',
  confirmEmail: 'confirm-email',
  undoEmail: 'undo-email',
  restoreAccount: 'restore',
  cancelFactorsReset: 'cancel-reset',
  // These take none.
  forgotPassword: 'forgot',
  signIn: 'sign-in',
  account: '',
} as const;

/** A page that mails lead to. */
export type LinkName = keyof typeof LINK_PAGES;

/** Where the link of each mail leads: with a token, and without one if the mail has no action. */
export const LINK_OF = {
  'confirm-registration': ['confirmRegistration', 'signIn'],
  'address-taken': ['resetPassword', 'forgotPassword'],
  'verify-email': ['verifyEmail', 'account'],
  'reset-password': ['resetPassword', 'forgotPassword'],
  'password-changed': ['resetPassword', 'forgotPassword'],
  'password-reset': ['resetPassword', 'forgotPassword'],
  'email-change-confirm': ['confirmEmail', 'account'],
  'email-change-requested': ['undoEmail', 'forgotPassword'],
  'email-changed': ['undoEmail', 'forgotPassword'],
  'account-closing': ['restoreAccount', 'signIn'],
  'account-closed': ['signIn', 'signIn'],
  'signed-in-on-new-device': ['account', 'account'],
  'strangers-failed': ['resetPassword', 'forgotPassword'],
  'security-notice': ['account', 'account'],
  'factors-reset-requested': ['cancelFactorsReset', 'account'],
  'enrolment-code': ['forgotPassword', 'forgotPassword'],
} as const satisfies Record<MailTemplateName, readonly [withToken: LinkName, without: LinkName]>;

/** Mails whose secret is a code to be typed, in place of a token in the link. */
export const CODE_MAILS: ReadonlySet<string> = new Set<MailTemplateName>(['enrolment-code']);

export const isTemplateName = (name: string): name is MailTemplateName => Object.hasOwn(LINK_OF, name);
