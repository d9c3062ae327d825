import type { PasskeyOwner } from './passkey-options.js';
import type { PasskeyStore } from './passkey-store.js';

/**
 * What browsers should know of the passkeys of an account: for `signalAllAcceptedCredentials` and
 * `signalCurrentUserDetails` of `PublicKeyCredential` (WebAuthn §5.1.10).
 */
export interface PasskeySignals {
  rpId: string;
  /** The handle of the account in base64url. */
  userId: string;
  allAcceptedCredentialIds: string[];
  name: string;
  displayName: string;
}

/** @param user in the current state of the store */
export async function passkeySignals(
  passkeys: PasskeyStore,
  { id, email, name }: PasskeyOwner,
  rpId: string,
): Promise<PasskeySignals> {
  const handle = await passkeys.handleOf(id);
  const usable = (await passkeys.listOf(id)).filter(({ suspendedAt }) => suspendedAt === null);
  return {
    rpId,
    userId: handle.toString('base64url'),
    allAcceptedCredentialIds: usable.map(({ credentialId }) => credentialId),
    name: email,
    displayName: name ?? email,
  };
}
