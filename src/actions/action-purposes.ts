const HOUR = 3_600;
const DAY = 24 * HOUR;

/** What may be done once, and for how many seconds after it was requested. */
export const ACTION_LIFETIMES = {
  register: DAY,
  'verify-email': DAY,
  'reset-password': HOUR / 2,
  'change-email': HOUR,
  'undo-email': 7 * DAY,
  'restore-account': 14 * DAY,
  // As long as the longest `mfa.resetDelay`.
  'cancel-factors-reset': 30 * DAY,
  // Not mailed: the ticket of a login that lacks its second factor, and that of one whose user has to set one up first.
  'login-mfa': HOUR / 12,
  'enrol-mfa': HOUR / 6,
  // Ceremonies of passkeys: the secret is the challenge.
  'passkey-register': HOUR / 12,
  'passkey-login': HOUR / 12,
  'passkey-mfa': HOUR / 12,
  'passkey-step-up': HOUR / 12,
  'enrol-code': HOUR / 6,
} as const satisfies Record<string, number>;

/** What an action is for. */
export type ActionPurpose = keyof typeof ACTION_LIFETIMES;
