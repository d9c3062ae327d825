import { flows } from './en-flows.js';
import { security } from './en-security.js';
import type { AlertTexts, EventTexts, Plural, Wide } from './text-types.js';
import { factorEvents } from './factor-events.js';

export const en = {
  withoutScript: 'This page requires JavaScript. Turn it on in your browser, then reload the page.',
  wait: 'One moment…',
  email: 'Email address',
  name: 'Name',
  optional: '(optional)',
  password: 'Password',
  signIn: {
    title: 'Sign in',
    submit: 'Sign in',
    other: 'No account yet?',
  },
  signUp: {
    title: 'Create your account',
    submit: 'Sign up',
    other: 'Already have an account?',
  },
  account: {
    title: 'My account',
    signOut: 'Sign out',
    sessions: 'Where you are signed in',
    endOthers: 'End all others',
    changePassword: 'Change password',
    current: 'Current password',
    new: 'New password',
    endsOthers: 'Changing your password ends all other sessions.',
    events: 'Recent security events',
  },
  flows,
  security,
  notFound: {
    title: 'This page does not exist',
    text: 'Check the address, or start from your account.',
    link: 'My account',
  },
  passwordRule: {
    one: 'At least {count} character.',
    other: 'At least {count} characters. A sentence that only you would think of is easy to remember.',
  } satisfies Plural,
  /** Why people come to the sign-in page, by what its address says. */
  reasons: {
    enrol: 'Your account has been created. Sign in to set up a second factor.',
    ended: 'Your session has ended. Sign in again.',
    out: 'You are signed out.',
    reset: 'Your password has been changed. Sign in with the new one.',
    closed: 'Your account is closed. The email about it has a link that restores it.',
  },
  /** What scripts say on every page. */
  script: {
    show: 'Show',
    hide: 'Hide',
    required: 'Fill in this field.',
    invalidEmail: 'Enter an email address, such as ada@example.com.',
    tooShort: {
      one: 'Use at least {count} character.',
      other: 'Use at least {count} characters.',
    } satisfies Plural,
    missing: { one: '{count} more character', other: '{count} more characters' } satisfies Plural,
    monotonous: 'Too few different characters',
    longEnough: 'Long enough',
    strong: 'Long and varied',
    unknownStep: 'You are not signed in yet: this page does not support the next step.',
    again: {
      second: {
        one: 'Try again in {count} second.',
        other: 'Try again in {count} seconds.',
      } satisfies Plural,
      minute: {
        one: 'Try again in {count} minute.',
        other: 'Try again in {count} minutes.',
      } satisfies Plural,
      hour: { one: 'Try again in {count} hour.', other: 'Try again in {count} hours.' } satisfies Plural,
    },
    /** By the code of the service's error. */
    errors: {
      INVALID_CREDENTIALS: 'The email address or password is wrong.',
      ACTION_TOKEN_INVALID:
        'This link does not work: it is incomplete, has already been used, or has expired.',
      EMAIL_NOT_VERIFIED: 'Confirm your email address first: we have sent you a link.',
      STEP_UP_REQUIRED: 'This requires your password. Nothing has been changed.',
      EMAIL_TAKEN: 'An account with this email address already exists.',
      RATE_LIMITED: 'Too many attempts.',
      UNAVAILABLE: 'The service cannot do this right now.',
      NETWORK_ERROR: 'The service cannot be reached. Try again in a moment.',
      UNKNOWN: 'The service sent an unexpected response.',
      VALIDATION_FAILED: 'Something in this form is not right.',
      NOT_FOUND: 'That no longer exists.',
      other: 'Something went wrong. Try again.',
    },
    /** What the service says about a field. A text in braces stands for any text. */
    details: {
      'Use at least {count} characters.': 'Use at least {count} characters.',
      'Use at most {count} characters.': 'Use at most {count} characters.',
      'Use at least {count} different characters.': 'Use at least {count} different characters.',
      'The password is wrong.': 'The password is wrong.',
      'Enter the password that was chosen at the registration.':
        'Enter the password that you chose when you signed up.',
      'The current password is wrong.': 'The current password is wrong.',
      'This is the current password. Choose another one.':
        'This is the current password. Choose another one.',
      'This is one of the most common passwords. Choose another one.':
        'This is one of the most common passwords. Choose another one.',
      'Do not use the email address in the password.': 'Do not use the email address in the password.',
      'Do not use the name of this service in the password.':
        'Do not use the name of this service in the password.',
      'This password contains characters that are not valid Unicode.':
        'This password contains characters that are not valid Unicode.',
      'This is easy to guess: most of it is {parts}. Choose another one.':
        'This is easy to guess: most of it is {parts}. Choose another one.',
      'a common password': 'a common password',
      'a pattern on the keyboard': 'a pattern on the keyboard',
      'a sequence of letters or digits': 'a sequence of letters or digits',
      'repeated text': 'repeated text',
      'a year': 'a year',
      'the email address': 'the email address',
      'the display name': 'the display name',
      'the name of this service': 'the name of this service',
      'a few characters': 'a few characters',
      'email must be an email address, such as ada@example.com':
        'Enter an email address, such as ada@example.com.',
      'name must have at most {count} characters': 'Use at most {count} characters.',
      'name must be text without control characters or invisible characters':
        'Use text without control characters or invisible characters.',
      'name must contain a visible character': 'Use at least one visible character.',
      '{field} must be shorter than or equal to {count} characters': 'Use at most {count} characters.',
    },
    and: ' and ',
  },
  /** What the script of the account page says. */
  accountScript: {
    unknownDevice: 'Unknown device',
    /** A browser and a system. */
    device: '{browser} on {system}',
    current: '(this one)',
    lastUsed: 'Last used {time}',
    from: 'from {place}',
    started: 'started {time}',
    end: 'End',
    endOf: 'End the session on {device}',
    ended: 'That session has ended.',
    othersEnded: 'All other sessions have ended.',
    changed: 'Your password has been changed, and all other sessions have ended.',
    showAll: { one: 'Show {count}', other: 'Show all {count}' } satisfies Plural,
    times: { one: '{count} time', other: '{count} times' } satisfies Plural,
    justNow: 'just now',
    nothing: 'Nothing yet',
    events: {
      registered: 'Account created',
      'logged-in': 'Signed in',
      'login-failed': 'Sign-in failed',
      throttled: 'Too many attempts',
      refreshed: 'Session renewed',
      replayed: 'Session renewed',
      reused: 'An old token was used again, so the session was ended as a precaution',
      'refresh-failed': 'Session could not be renewed',
      'logged-out': 'Signed out',
      'session-ended': 'Session ended',
      'token-revoked': 'Access token revoked',
      'password-changed': 'Password changed',
      'password-change-failed': 'Password change failed: the current password was wrong',
      'password-attacked': 'Wrong passwords were entered many times on unknown devices',
      'password-off':
        'The password was turned off after too many wrong ones: it still works where you have signed in before',
      'stepped-up': 'Password confirmed',
      'step-up-failed': 'Password not confirmed: it was wrong',
      'password-reset-requested': 'Email for a new password requested',
      'password-reset': 'Password reset by email',
      'email-verified': 'Email address confirmed',
      'email-change-requested': 'Change of email address requested',
      'email-changed': 'Email address changed',
      'email-change-undone': 'Change of email address undone',
      'name-changed': 'Name changed',
      'account-closing': 'Account closed; it can still be restored',
      'account-restored': 'Account restored',
      'account-closed': 'Account deleted',
      exported: 'Copy of your data downloaded',
      'user-disabled': 'Account disabled',
      'user-enabled': 'Account enabled',
      'user-removed': 'Account deleted',
      'access-changed': 'Roles or permissions changed',
      ...factorEvents.en,
    } satisfies EventTexts,
    alerts: {
      'new-device': 'New device',
      'refresh-token-reused': 'The same token was used twice',
      'password-off': 'The password was turned off after too many wrong ones',
      'many-failures-on-account': 'Many failed sign-ins',
      'many-accounts-from-address': 'Many failed sign-ins from one address',
    } satisfies AlertTexts,
  },
};

/** Every text of the pages, in one language. English decides which texts there are. */
export type Texts = Wide<typeof en>;
