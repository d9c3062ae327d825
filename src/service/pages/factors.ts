import type { AuthModuleOptions } from '../../index.js';
import { mfaSwitches } from '../../options/mfa.options.js';

/** What people can protect their sign-in with, besides the password. */
export interface Factors {
  totp: boolean;
  recoveryCodes: boolean;
  passkeys: boolean;
  /** How many days a device is trusted; 0: there are no trusted devices. */
  trustedDays: number;
}

const TRUSTED_DAYS = 30;

/** `undefined`: nothing. */
export function factorsOf({
  mfa,
  passkeys,
}: Pick<AuthModuleOptions, 'mfa' | 'passkeys'>): Factors | undefined {
  const switches = mfaSwitches({ mfa });
  if (!switches && !passkeys) return undefined;
  return {
    totp: switches?.totp.enabled === true,
    recoveryCodes: switches?.recoveryCodes === true,
    passkeys: passkeys !== undefined,
    trustedDays: switches?.trustedDevices.enabled === true ? TRUSTED_DAYS : 0,
  };
}
