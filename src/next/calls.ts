/** The handlers, and the call that each of them forwards: a path below `/auth`, in which `:id` is the id of something. */
export const CALLS = {
  login: 'POST login',
  loginWithFactor: 'POST login/mfa',
  loginWithFactorOptions: 'POST login/mfa/options',
  loginWithPasskey: 'POST login/passkey',
  loginWithPasskeyOptions: 'POST login/passkey/options',
  register: 'POST register',
  confirmRegistration: 'POST register/confirm',
  refresh: 'POST refresh',
  logout: 'POST logout',
  stepUp: 'POST step-up',
  stepUpOptions: 'POST step-up/options',
  forgotPassword: 'POST password/forgot',
  resetPassword: 'POST password/reset',
  verifyEmail: 'POST email/verify',
  resendVerification: 'POST email/verification',
  changeEmail: 'POST email',
  confirmEmail: 'POST email/confirm',
  undoEmailChange: 'POST email/undo',
  restoreAccount: 'POST me/restore',
  getUser: 'GET me',
  changeName: 'PATCH me',
  closeAccount: 'DELETE me',
  cancelFactorsReset: 'POST factors/reset/cancel',
  listFactors: 'GET factors',
  removeFactor: 'DELETE factors/:id',
  addTotp: 'POST totp',
  confirmTotp: 'POST totp/:id/confirm',
  passkeyOptions: 'POST passkeys/options',
  addPasskey: 'POST passkeys',
  renamePasskey: 'PATCH passkeys/:id',
  passkeySignals: 'GET passkeys/signals',
  renewRecoveryCodes: 'POST recovery-codes',
  listDevices: 'GET devices',
  removeDevice: 'DELETE devices/:id',
} as const;

export type HandlerName = keyof typeof CALLS;
export type Call = (typeof CALLS)[HandlerName];

const ID = String.raw`([\w-]+)`;

/** The path of the call at the end of an address of the app. `undefined` if the address ends in another way. */
export function pathFor(call: Call, pathname: string): string | undefined {
  const [, path = ''] = call.split(' ');
  // Without an id, the app may have the call wherever it wants.
  if (!path.includes(':id')) return path;
  const [, id] = new RegExp(`/${path.replace(':id', ID)}/?$`).exec(pathname) ?? [];
  return id && path.replace(':id', id);
}

/** The handler of the call that an address of the app ends with: what comes after `/auth/`. */
export function handlerFor(method: string, pathname: string): HandlerName | undefined {
  const path = pathname.split('/auth/').at(-1);
  const names = Object.keys(CALLS) as HandlerName[];
  return names.find((name) => {
    const pattern = CALLS[name].replace(':id', ID);
    return new RegExp(`^${pattern}/?$`).test(`${method} ${path}`);
  });
}
