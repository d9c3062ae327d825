import type { AccountEvents } from '../accounts/account-events.js';
import type { Authenticated } from '../accounts/login-outcome.js';
import type { SessionStart } from '../accounts/session-start.js';
import { InvalidCredentialsError } from '../errors/auth-errors.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { DeviceProofs } from '../tokens/device-proofs.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import type { PasskeyEvents } from './passkey-events.js';
import { proofOf } from './passkey-factors.js';
import type { PasskeyFailure } from './passkey-rejection.js';
import type { PasskeyVerification, PresentedPasskey, SignedWith } from './passkey-verification.js';

/** Logs users in with a passkey alone: it is something they have, and it has verified who they are. */
export class PasskeyLogin {
  constructor(
    private readonly users: UserStore,
    private readonly verification: PasskeyVerification,
    private readonly sessions: SessionStart,
    private readonly devices: DeviceProofs,
    private readonly passkeyEvents: PasskeyEvents,
    private readonly accountEvents: AccountEvents,
    private readonly events: AuthEvents,
    private readonly party: { rpId: string },
  ) {}

  /**
   * Starts a session.
   * @throws PasskeyRejectedError if the response is not one to a challenge of a login, or not signed with the passkey;
   *   InvalidCredentialsError if nobody has the passkey, or the account is disabled, without distinguishing them
   */
  async withPasskey(presented: PresentedPasskey, client?: ClientInfo): Promise<Authenticated> {
    return this.passkeyEvents.checked({ use: 'login', client }, async () => {
      const signed = await this.verification.signed(presented, { purpose: 'passkey-login' });
      if (signed.passkey === null) return this.refuse('unknown-credential', signed.credentialId, client);
      const { credentialId, userId } = signed.passkey;
      const user = await this.users.findById(userId);
      if (!user || user.disabled) return this.refuse('account', credentialId, client, userId);
      await this.verification.record(signed, client);
      return this.start(user, signed, client);
    });
  }

  private async start(
    user: UserRecord,
    { passkey }: SignedWith,
    client?: ClientInfo,
  ): Promise<Authenticated> {
    const { acr, amr } = proofOf(passkey);
    const isStillGood = async (now: UserRecord) => !now.disabled && this.verification.isUsable(passkey);
    const start = await this.sessions.begin(user, isStillGood, client, { acr, amr: [...amr, 'mfa'] });
    if (start.outcome === 'changed') return this.refuse('account', passkey.credentialId, client, user.id);
    this.accountEvents.loggedIn(start.user, start.sessionId, client);
    const deviceProof = await this.devices.issue(start.user);
    return { outcome: 'signed-in', user: start.user, tokens: start.tokens, deviceProof };
  }

  /** The same answer in all cases; browsers pass `unknownCredential` to `PublicKeyCredential.signalUnknownCredential`. */
  private refuse(reason: PasskeyFailure, credentialId: string, client?: ClientInfo, userId?: string): never {
    this.events.emit({ type: 'passkey-rejected', ...client, use: 'login', reason, userId });
    throw new InvalidCredentialsError({
      message: 'Nobody can log in with this passkey.',
      more: { unknownCredential: { rpId: this.party.rpId, credentialId } },
    });
  }
}
