/** The texts for what people do by mail. */
export const flows = {
  lookIntoMail:
    'Look into your mail: it has a link with which your account is created. It works for 24 hours.',
  forgot: {
    title: 'Forgot your password?',
    text: 'We mail you a link with which you choose a new one.',
    submit: 'Send the link',
    done: 'If there is an account with this address, a mail is on its way.',
  },
  /** The pages of mailed links. */
  links: {
    confirm: {
      title: 'Confirm your registration',
      text: 'With this, your account is created. Do it only if it was you who signed up.',
      submit: 'Create my account',
      done: 'Your account has been created.',
    },
    verify: {
      title: 'Confirm your email address',
      text: 'With this, you say that the account and this address are yours.',
      submit: 'Confirm',
      done: 'Your email address is confirmed.',
    },
    reset: {
      title: 'Choose a new password',
      text: 'It replaces the old one, and ends all sessions.',
      submit: 'Change password',
      done: 'Your password has been changed.',
    },
    'confirm-email': {
      title: 'Confirm your new email address',
      text: 'It replaces the old one, and ends your other sessions.',
      submit: 'Use this address',
      done: 'Your email address has been changed.',
    },
    'undo-email': {
      title: 'Keep your email address',
      text: 'Undoes the change of the address, ends all sessions, and turns the password off until you choose a new one.',
      submit: 'Undo the change',
      done: 'The account has its former address again. Now choose a new password.',
    },
    restore: {
      title: 'Restore your account',
      text: 'Your account is closed, and will be deleted soon. This prevents it.',
      submit: 'Restore my account',
      done: 'Your account is open again. You can sign in.',
    },
  },
  /** Of the account page. */
  profile: {
    title: 'Name and address',
    changeName: 'Change name',
    newEmail: 'New email address',
    emailHint: 'It counts once you follow the link that we mail to it.',
    changeEmail: 'Change address',
    data: 'Your data',
    export: 'Download',
    exportHint: 'A file with everything that is kept about you.',
    close: 'Close account',
    closeHint: 'Your account is deleted two weeks later. Until then, a mailed link restores it.',
    closing: 'Close your account?',
    closingText:
      'All sessions end now. The account is deleted in two weeks, unless you follow the link in the mail.',
    stepUp: 'Confirm that it is you',
    confirm: 'Confirm',
    cancel: 'Cancel',
    script: {
      nameChanged: 'Your name has been changed.',
      linkSent: 'A mail with a link is on its way to {email}.',
      exported: 'Your data has been downloaded.',
    },
  },
};
