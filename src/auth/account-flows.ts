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
export type { AccountState, AccountStates } from '../actions/account-states.js';
export type { Action, ActionStore, CancelFilter, NewAction } from '../actions/action-store.js';
export type { ActionPurpose } from '../actions/action-purposes.js';
export { type AccountMail, AccountMails } from '../actions/account-mails.js';
export { ActionSecrets } from '../actions/action-tokens.js';
