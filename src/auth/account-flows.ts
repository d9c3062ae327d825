export { PasswordReset, type NewPasswordByMail } from '../accounts/password-reset.js';
export { EmailVerification } from '../accounts/email-verification.js';
export { type Confirmation, PendingRegistrations } from '../accounts/pending-registration.js';
export { EmailChange } from '../accounts/email-change.js';
export { NameChange } from '../accounts/name-change.js';
export { AccountClosing } from '../accounts/account-closing.js';
export {
  AccountExport,
  type ExportedAccount,
  type ExportedAccountEvent,
} from '../accounts/account-export.js';
export { PasswordResetController } from '../http/password/password-reset.controller.js';
export { EmailController } from '../http/email/email.controller.js';
export { RegistrationController } from '../http/registration/registration.controller.js';
export { AccountController } from '../http/account/account.controller.js';
export { AccountRecords, type RecordsInside } from '../actions/account-records.js';
export type { AccountState, AccountStates, RecoveryBrake } from '../actions/account-states.js';
export type { Action, ActionStore, CancelFilter, NewAction } from '../actions/action-store.js';
export type { ActionPurpose } from '../actions/action-purposes.js';
export { type AccountMail, AccountMails } from '../actions/account-mails.js';
export { ActionSecrets } from '../actions/action-tokens.js';
export type { Actor } from '../mfa/ownership.js';
export { FactorReset } from '../mfa/factor-reset.js';
export { FactorSecrets, type RotatedSecrets } from '../mfa/factor-secrets.js';
export { FactorChanges, type FactorAdded } from '../mfa/factor-changes.js';
export type { FactorOwner } from '../mfa/owned-accounts.js';
export type {
  Factor,
  FactorAnswer,
  FactorKind,
  FactorKindName,
  FactorOccasion,
  FactorProof,
} from '../mfa/factor-kind.js';
export type { EnrolmentNeeded, SecondFactorNeeded } from '../mfa/login-gate.js';
export { type NewAuthenticator, TotpEnrolment } from '../mfa/totp-enrolment.js';
export { type TrustedDevice, TrustedDevices } from '../mfa/trusted-devices.js';
export { FactorResetController } from '../http/mfa/factor-reset.controller.js';
export { FactorsController } from '../http/mfa/factors.controller.js';
export { LoginMfaController } from '../http/mfa/login-mfa.controller.js';
export { TotpController } from '../http/mfa/totp.controller.js';
export { StoredFactor } from '../mfa/factor.entity.js';
export { StoredTrustedDevice } from '../mfa/trusted-device.entity.js';
export type { MfaPolicy } from '../mfa/mfa-policy.js';
