/** The texts for what people do by email. */
export const flows = {
  lookIntoMail:
    'Check your email: we have sent a link to {email}. Open it within 24 hours to finish signing up. If it does not arrive, check your spam folder.',
  forgot: {
    title: 'Forgot your password?',
    text: 'We will email you a link to choose a new one.',
    submit: 'Send the link',
    done: 'If there is an account with this address, an email is on its way.',
  },
  /** The pages of mailed links. */
  links: {
    confirm: {
      title: 'Confirm your registration',
      text: 'This creates your account. Continue only if you signed up yourself.',
      submit: 'Create my account',
      done: 'Your account has been created.',
    },
    verify: {
      title: 'Confirm your email address',
      text: 'This confirms that the account and the address belong to you.',
      submit: 'Confirm',
      done: 'Your email address is confirmed.',
    },
    reset: {
      title: 'Choose a new password',
      text: 'It replaces the old one and ends all sessions.',
      submit: 'Change password',
      done: 'Your password has been changed.',
    },
    'confirm-email': {
      title: 'Confirm your new email address',
      text: 'It replaces the old one and ends your other sessions.',
      submit: 'Use this address',
      done: 'Your email address has been changed.',
    },
    'undo-email': {
      title: 'Keep your email address',
      text: 'This undoes the change of address, ends all sessions, and turns off the password until you choose a new one.',
      submit: 'Undo the change',
      done: 'The account has its previous address again. Now choose a new password.',
    },
    restore: {
      title: 'Restore your account',
      text: 'Your account is closed and will be deleted soon. You can still keep it.',
      submit: 'Restore my account',
      done: 'Your account is open again. You can sign in.',
    },
    'cancel-reset': {
      title: 'Keep your second factors',
      text: 'An administrator was asked to remove the second factors of your account. This prevents it.',
      submit: 'Keep my second factors',
      done: 'Your second factors stay. If you did not ask for the removal, change your password now.',
    },
  },
  /** Of the account page. */
  profile: {
    title: 'Name and address',
    unproven: 'You have not confirmed your email address yet.',
    resend: 'Send the link again',
    changeName: 'Change name',
    newEmail: 'New email address',
    emailHint: 'It takes effect once you open the link that we email to it.',
    changeEmail: 'Change address',
    data: 'Your data',
    export: 'Download',
    exportHint: 'A file with everything we store about you.',
    close: 'Close account',
    closeHint: 'Your account will be deleted two weeks later. Until then, a link in an email restores it.',
    closing: 'Close your account?',
    closingText:
      'All sessions end now. The account will be deleted in two weeks, unless you open the link in the email.',
    stepUp: 'Confirm that it’s you',
    confirm: 'Confirm',
    cancel: 'Cancel',
    script: {
      nameChanged: 'Your name has been changed.',
      linkSent: 'An email with a link is on its way to {email}.',
      exported: 'Your data has been downloaded.',
    },
  },
};
