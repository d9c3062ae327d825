import { SECRET_ADVICE } from '../keys/signing-key.js';
import type { MfaPolicy } from '../mfa/mfa-policy.js';
import type { Duration } from './duration.js';
import type { OptionChecker } from './option-checker.js';
import { duration, flag, group, type Rule, type Rules, switchable } from './rules.js';

/** @inline */
export interface TotpOptions {
  /** Who authenticator apps say the code is for. Default: `passwords.serviceName`. */
  issuer?: string;
}

/** @inline */
export interface TrustedDeviceOptions {
  /** How long a device is trusted, from `1h` to `90d`. Using it does not prolong this. Default `30d`. */
  lifetime?: Duration;
}

/** @inline */
export interface MfaOptions {
  /**
   * One or more secrets of at least 32 random bytes, newest first. The first one that all instances know encrypts the
   * secrets of authenticator apps, all of them decrypt.
   */
  encryptionSecrets: string | string[];
  /**
   * Who must have a second factor: nobody (`optional`), everybody (`required`), or the users with any of these roles. Who
   * has none yet sets one up at the next login, with a code that is mailed: unless it is `optional`, this needs the option
   * `mail`. Default `optional`.
   */
  policy?: MfaPolicy;
  /** Authenticator apps (RFC 6238). `false`: there are none. Default: enabled. */
  totp?: false | TotpOptions;
  /** Whether users get recovery codes with their first factor. Default `true`. */
  recoveryCodes?: boolean;
  /** Devices on which users need no second factor. `false`: there are none. Default: enabled. */
  trustedDevices?: false | TrustedDeviceOptions;
  /**
   * How long an administrator's reset of factors waits, in which the owner can cancel it with a mailed link: up to `30d`.
   * `0s`: it happens immediately. Default `24h`.
   */
  resetDelay?: Duration;
  /**
   * For how long after a login with a recovery code, or a reset of factors, the address, the factors and the closing of the
   * account need a passkey: up to `30d`. `0s`: there are no such brakes. Default `24h`.
   */
  recoveryBrake?: Duration;
}

/** With all defaults. */
export interface MfaSettings {
  encryptionSecrets: string[];
  policy: MfaPolicy;
  /** `issuer` is empty if it was not given. */
  totp: { enabled: boolean; issuer: string };
  recoveryCodes: boolean;
  /** `lifetime` in seconds. */
  trustedDevices: { enabled: boolean; lifetime: number };
  /** In seconds. */
  resetDelay: number;
  /** In seconds. */
  recoveryBrake: number;
}

const encryptionSecrets: Rule<string | string[], string[]> = (check, option, given = []) => {
  if ([given].flat().length === 0) check.fail(option, `is missing: ${SECRET_ADVICE}`);
  return check.secrets(option, given);
};

const policy: Rule<MfaPolicy, MfaPolicy> = (check, option, given = 'optional') => {
  if (!isPolicy(given)) check.fail(option, "must be 'optional', 'required', or { roles: ['admin'] }");
  return given;
};

function isPolicy(given: unknown): boolean {
  if (given === 'optional' || given === 'required') return true;
  if (typeof given !== 'object' || given === null || Object.keys(given).join() !== 'roles') return false;
  const { roles } = given as { roles?: unknown };
  return (
    Array.isArray(roles) && roles.length > 0 && roles.every((role) => typeof role === 'string' && role !== '')
  );
}

const issuer: Rule<string, string> = (check, option, given) =>
  given === undefined ? '' : check.text(option, given);

const TOTP = { issuer } satisfies Rules<TotpOptions>;
const totp = switchable(group(TOTP));

const TRUSTED_DEVICES = {
  lifetime: duration('30d', { min: 3_600, max: 90 * 86_400 }),
} satisfies Rules<TrustedDeviceOptions>;
const trustedDevices = switchable(group(TRUSTED_DEVICES));

const RULES = {
  encryptionSecrets,
  policy,
  totp,
  recoveryCodes: flag(true),
  trustedDevices,
  resetDelay: duration('24h', { max: 30 * 86_400 }),
  recoveryBrake: duration('24h', { max: 30 * 86_400 }),
} satisfies Rules<MfaOptions>;

const rules = group(RULES);

const resolve: Rule<MfaOptions, MfaSettings | undefined> = (check, option, given) =>
  given === undefined ? undefined : rules(check, option, given);

/** Second factors. `undefined` if the option is not given: then there are none. */
export const mfa = Object.assign(resolve, { rules: RULES });

/** Without mail, nobody could set up the factor that the policy requires. */
export function refusePolicyWithoutMail(
  given: MfaSettings | undefined,
  hasMail: boolean,
  check: OptionChecker,
): void {
  if (given && given.policy !== 'optional' && !hasMail)
    check.fail('mfa.policy', 'needs the option mail: users who have no second factor yet get a code by mail');
}

/** Authenticator apps show the name of the service unless the host says otherwise. */
export function withIssuer({ totp, ...settings }: MfaSettings, serviceName: string): MfaSettings {
  return { ...settings, totp: { ...totp, issuer: totp.issuer || serviceName || 'latchkey' } };
}

/** What of second factors exists, from options that have not been checked yet. */
export function mfaSwitches({ mfa: given }: { mfa?: MfaOptions }) {
  if (given === undefined) return undefined;
  const { totp, recoveryCodes = true, trustedDevices } = Object(given) as Partial<MfaOptions>;
  return {
    totp: { enabled: totp !== false },
    recoveryCodes,
    trustedDevices: { enabled: trustedDevices !== false },
  };
}
