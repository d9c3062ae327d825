// What `latchkey` exports of passkeys.
export { PasskeyLogin } from './passkey-login.js';
export {
  type CredentialDescriptor,
  type Offered,
  type PasskeyCreationOptions,
  PasskeyOptions,
  type PasskeyOwner,
  type PasskeyRequestOptions,
} from './passkey-options.js';
export {
  type AddedPasskey,
  PasskeyRegistration,
  type PresentedRegistration,
} from './passkey-registration.js';
export type { PasskeySignals } from './passkey-signals.js';
export {
  type AddOutcome,
  type KnownPasskey,
  type NewPasskey,
  type Passkey,
  PasskeyStore,
  type UseOutcome,
} from './passkey-store.js';
export type { PresentedPasskey } from './passkey-verification.js';
