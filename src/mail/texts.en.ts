import type { MailTexts } from './mail-texts.js';

const IGNORE = 'Was this not you? Then ignore this mail: nothing happens without the link.';
const RESET =
  'Was this not you? Then somebody else can get into your account. Reset your password now, which signs out every device.';

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
    'passkey-suspended': 'A passkey of your account was suspended, because a copy of it may exist',
    'identity-linked': 'Another way to sign in was linked to your account',
    'identity-unlinked': 'A way to sign in was removed from your account',
    'factors-reset': 'All second factors were removed from your account',
  },
  templates: {
    'confirm-registration': ({ brand }) => ({
      subject: `Confirm your address for ${brand}`,
      paragraphs: [`Confirm that this is your address, and your ${brand} account is ready.`],
      button: 'Confirm address',
      notYou: IGNORE,
    }),
    'address-taken': ({ brand }) => ({
      subject: `You already have an account at ${brand}`,
      paragraphs: [
        'Somebody tried to create an account with this address. You already have one, so nothing was changed.',
        'If it was you and you forgot your password, choose a new one.',
      ],
      button: 'Reset password',
      notYou:
        'Was this not you? Then there is nothing to do: your account and your password are as they were.',
    }),
    'verify-email': ({ brand }) => ({
      subject: `Confirm your address for ${brand}`,
      paragraphs: ['Confirm that this address is yours.'],
      button: 'Confirm address',
      notYou: IGNORE,
    }),
    'reset-password': ({ brand }) => ({
      subject: `Reset your password for ${brand}`,
      paragraphs: ['Somebody asked to reset the password of your account. Choose a new one with this link.'],
      button: 'Choose a new password',
      notYou: 'Was this not you? Then ignore this mail: your password stays as it is.',
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
        'A new password was chosen with a link that was sent to this address. All devices were signed out.',
      ],
      button: 'This was not me: reset password',
      notYou: `${RESET} Also change the password of your mailbox.`,
    }),
    'email-change-confirm': ({ brand }) => ({
      subject: `Confirm your new address for ${brand}`,
      paragraphs: [`Confirm this address, and it becomes that of your ${brand} account.`],
      button: 'Confirm new address',
      notYou: IGNORE,
    }),
    'email-change-requested': ({ brand, newEmail }) => ({
      subject: `Your address for ${brand} is to be changed`,
      paragraphs: [`Somebody asked to change the address of your account${newEmail && ` to ${newEmail}`}.`],
      button: 'This was not me: keep this address',
      notYou:
        'Was this not you? Then keep this address with the link: every device is signed out, and you choose a new password.',
    }),
    'email-changed': ({ brand, newEmail }) => ({
      subject: `Your address for ${brand} was changed`,
      paragraphs: [`The address of your account was changed${newEmail && ` to ${newEmail}`}.`],
      button: 'This was not me: undo the change',
      notYou:
        'Was this not you? Then undo the change with the link: every device is signed out, and you choose a new password.',
    }),
    'account-closing': ({ brand, closes }) => ({
      subject: `Your account at ${brand} is closed`,
      paragraphs: [
        `Your account was closed, and all devices were signed out. It is deleted${closes && ` on ${closes}`}.`,
      ],
      button: 'Keep my account',
      notYou:
        'Was this not you, or have you changed your mind? Then keep your account with the link, and change your password.',
    }),
    'account-closed': ({ brand }) => ({
      subject: `Your account at ${brand} was deleted`,
      paragraphs: ['Your account and what was kept about you have been deleted. This is our last mail.'],
      notYou: `Was this not you? Then write to the support of ${brand}: the account itself cannot be brought back.`,
    }),
    'signed-in-on-new-device': ({ brand }) => ({
      subject: `New sign-in to ${brand}`,
      paragraphs: ['Somebody signed in to your account on a device that was not used before.'],
      button: 'Look at my devices',
      notYou: 'Was this not you? Then end that session, and change your password.',
    }),
    'strangers-failed': ({ brand, count }) => ({
      subject: `Failed sign-ins to your account at ${brand}`,
      paragraphs: [
        `There were ${count} failed attempts to sign in to your account. They are slowed down, and your devices stay signed in.`,
        'If you cannot sign in, choose a new password.',
      ],
      button: 'Choose a new password',
      notYou: 'Was this not you? Then there is nothing to do, as long as you use your password nowhere else.',
    }),
    'security-notice': ({ brand, notice, what }) => ({
      subject: `Security of your account at ${brand}`,
      paragraphs: [`${en.notices[notice]}${what && `: ${what}`}.`],
      button: 'Look at my account',
      notYou: 'Was this not you? Then change your password and remove what you do not know.',
    }),
  },
};
