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
} as const satisfies Record<string, number>;

/** What an action is for. */
export type ActionPurpose = keyof typeof ACTION_LIFETIMES;
