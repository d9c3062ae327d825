// What `latchkey` exports of accounts.
export type { Account, SlowedBy } from './account.js';
export { AccountAdmin, type NewAccount } from './account-admin.js';
export type { ImportedAccount, ImportNotes, ImportOptions, ImportResult } from './account-import.js';
export type { AccountPage, AccountQuery } from './account-list.js';
export { AuthService } from './auth.service.js';
export type { Authenticated, LoginOutcome } from './login-outcome.js';
export type { Credentials } from './login.js';
export type { SecondStep } from './mfa-login.js';
export type { PasswordOwner } from './password-attempts.js';
export type { ChangedPassword, PasswordChanged } from './password-change.js';
export type { SessionOwner, SteppedUp } from './step-up.js';
export type { Registration } from './new-accounts.js';
export { toUserView, type UserView } from './user-view.js';
export { UserViews } from './user-views.js';
