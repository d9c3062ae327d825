import type { MailTexts } from './mail-texts.js';

const IGNORE = 'If this was not you, ignore this email: nothing happens unless someone uses the link.';
const RESET =
  'If this was not you, someone else can get into your account. Reset your password now: this signs out every device.';

/** English. */
export const en: MailTexts = {
  greeting: (name) => (name ? `Hello ${name},` : 'Hello,'),
  expires: (time) => `The link works until ${time}, and only once.`,
  occasion: (at, from) =>
    ['This happened', at && `on ${at}`, from && `from ${from}`].filter(Boolean).join(' ') + '.',
  notices: {
    'factor-added': 'A second factor was added to your account',
    'factor-removed': 'A second factor was removed from your account',
    'recovery-code-used': 'A recovery code was used to sign in to your account',
    'recovery-codes-renewed': 'The recovery codes of your account were renewed',
    'passkey-suspended': 'A passkey of your account was suspended because a copy of it may exist',
    'identity-linked': 'Another way to sign in was linked to your account',
    'identity-unlinked': 'A way to sign in was removed from your account',
    'factors-reset': 'All second factors were removed from your account',
  },
  templates: {
    'confirm-registration': ({ brand }) => ({
      subject: `Confirm your email address for ${brand}`,
      paragraphs: [`Confirm that this is your address to finish creating your ${brand} account.`],
      button: 'Confirm address',
      notYou: IGNORE,
    }),
    'address-taken': ({ brand }) => ({
      subject: `You already have an account with ${brand}`,
      paragraphs: [
        'Someone tried to create an account with this address. You already have one, so nothing was changed.',
        'If it was you and you have forgotten your password, choose a new one.',
      ],
      button: 'Reset password',
      notYou: 'If this was not you, there is nothing to do: your account and your password have not changed.',
    }),
    'verify-email': ({ brand }) => ({
      subject: `Confirm your email address for ${brand}`,
      paragraphs: ['Confirm that this address is yours.'],
      button: 'Confirm address',
      notYou: IGNORE,
    }),
    'reset-password': ({ brand }) => ({
      subject: `Reset your password for ${brand}`,
      paragraphs: ['Someone asked to reset the password of your account. Use this link to choose a new one.'],
      button: 'Choose a new password',
      notYou: 'If this was not you, ignore this email: your password stays as it is.',
    }),
    'password-changed': ({ brand }) => ({
      subject: `Your password for ${brand} was changed`,
      paragraphs: ['The password of your account was changed. All other devices were signed out.'],
      button: 'This was not me: reset password',
      notYou: RESET,
    }),
    'password-reset': ({ brand }) => ({
      subject: `Your password for ${brand} was reset`,
      paragraphs: [
        'A new password was chosen through a link that was sent to this address. All devices were signed out.',
      ],
      button: 'This was not me: reset password',
      notYou: `${RESET} Also change the password of your mailbox.`,
    }),
    'email-change-confirm': ({ brand }) => ({
      subject: `Confirm your new email address for ${brand}`,
      paragraphs: [`Confirm this address to make it the one of your ${brand} account.`],
      button: 'Confirm new address',
      notYou: IGNORE,
    }),
    'email-change-requested': ({ brand, newEmail }) => ({
      subject: `Request to change your email address for ${brand}`,
      paragraphs: [
        `Someone asked to change the email address of your account${newEmail && ` to ${newEmail}`}.`,
      ],
      button: 'This was not me: keep this address',
      notYou:
        'If this was not you, use the link to keep this address. This signs out every device, and you choose a new password.',
    }),
    'email-changed': ({ brand, newEmail }) => ({
      subject: `Your email address for ${brand} was changed`,
      paragraphs: [`The email address of your account was changed${newEmail && ` to ${newEmail}`}.`],
      button: 'This was not me: undo the change',
      notYou:
        'If this was not you, use the link to undo the change. This signs out every device, and you choose a new password.',
    }),
    'account-closing': ({ brand, closes }) => ({
      subject: `Your account with ${brand} is closed`,
      paragraphs: [
        `Your account was closed, and all devices were signed out. It will be deleted${closes && ` on ${closes}`}.`,
      ],
      button: 'Keep my account',
      notYou:
        'If this was not you, or if you have changed your mind, use the link to keep your account. If it was not you, change your password as well.',
    }),
    'account-closed': ({ brand }) => ({
      subject: `Your account with ${brand} was deleted`,
      paragraphs: [
        'Your account and the data stored about you have been deleted. This is the last email we will send you.',
      ],
      notYou: `If this was not you, contact ${brand} support: the account itself cannot be restored.`,
    }),
    'signed-in-on-new-device': ({ brand }) => ({
      subject: `New sign-in to ${brand}`,
      paragraphs: ['Someone signed in to your account on a device that has not been used before.'],
      button: 'Review my devices',
      notYou: 'If this was not you, end that session and change your password.',
    }),
    'strangers-failed': ({ brand, count }) => ({
      subject: `Failed sign-ins to your account with ${brand}`,
      paragraphs: [
        `There were ${count} failed attempts to sign in to your account. Further attempts are slowed down, and your devices stay signed in.`,
        'If you cannot sign in, choose a new password.',
      ],
      button: 'Choose a new password',
      notYou:
        'If this was not you, there is nothing to do, as long as you do not use your password anywhere else.',
    }),
    'enrolment-code': ({ brand, code }) => ({
      subject: `Your code for ${brand}`,
      paragraphs: [
        'Your account needs a second factor. To set one up, enter this code where you are signing in:',
        code,
        'The code works for ten minutes.',
      ],
      button: 'This was not me: reset password',
      notYou:
        'If this was not you, someone knows your password. Reset it now, and do not give this code to anyone.',
    }),
    'factors-reset-requested': ({ brand, resets }) => ({
      subject: `Your second factors for ${brand} will be removed`,
      paragraphs: [
        `An administrator was asked to remove all second factors of your account, such as authenticator apps and passkeys. This happens${resets && ` on ${resets}`}, and signs out every device. After that, your password is enough to sign in.`,
      ],
      button: 'Keep my second factors',
      notYou:
        'If this was not you, someone may be trying to get into your account. Use the link to keep your second factors, and change your password.',
    }),
    'security-notice': ({ brand, notice, what }) => ({
      subject: `Security of your account with ${brand}`,
      paragraphs: [`${en.notices[notice]}${what && `: ${what}`}.`],
      button: 'Review my account',
      notYou: 'If this was not you, change your password and remove anything you do not recognize.',
    }),
  },
};
