/**
 * Helpers for a host's own tests.
 * @module latchkey/testing
 */
export { FakeClock } from './fake-clock.js';
export { inMemoryAuth } from './in-memory-auth.js';
export { signIn, type SignedIn, type TestUser } from './sign-in.js';
export { overrideJwtAuthGuard } from './override-jwt-auth-guard.js';
export {
  type AuthenticatorSettings,
  type Misbehavior,
  SoftwareAuthenticator,
} from './authenticator/software-authenticator.js';
export type { AuthenticatorAlgorithm } from './authenticator/key-pair.js';
export type {
  AssertionJSON,
  CreationOptionsJSON,
  RegistrationJSON,
  RequestOptionsJSON,
} from './authenticator/webauthn-json.js';
export { InMemoryPasskeyStore } from '../passkeys/in-memory-passkey.store.js';
export { passkeyStoreContract, type PasskeysUnderTest } from './contracts/passkey-store.contract.js';
export { type LinkPurpose, MailSink, type MailFilter } from './mail-sink.js';
export { InMemoryMailOutbox } from '../mail/in-memory-mail-outbox.js';
export { InMemoryUserStore } from '../users/in-memory-user.store.js';
export { InMemorySessionStore } from '../sessions/in-memory-session.store.js';
export { InMemoryRevocationList } from '../revocation/in-memory-revocation-list.js';
export { InMemoryAccountRecords } from '../actions/in-memory-account-records.js';
export { accountRecordsContract } from './contracts/account-records.contract.js';
export type { RecordsUnderTest } from './contracts/records-under-test.js';
export { userAccountsContract } from './contracts/user-accounts.contract.js';
export { InMemoryFactorStore } from '../mfa/in-memory-factor.store.js';
export { InMemoryTrustedDeviceStore } from '../mfa/in-memory-trusted-device.store.js';
export { factorStoreContract, type FactorsUnderTest } from './contracts/factor-store.contract.js';
export {
  trustedDeviceStoreContract,
  type TrustedDevicesUnderTest,
} from './contracts/trusted-device-store.contract.js';
export { totpCode } from './totp-code.js';
