import type { RecordsInside } from '../actions/account-records.js';
import type { AuthError } from '../errors/auth-error.js';
import { PasskeyRejectedError } from '../errors/auth-errors.js';
import type { Factor, FactorAnswer, FactorKind, FactorOccasion, FactorProof } from '../mfa/factor-kind.js';
import type { PasskeyEvents } from './passkey-events.js';
import { PasskeyRejection } from './passkey-rejection.js';
import { type Passkey, passkeysIn, type PasskeyStore } from './passkey-store.js';
import type { PasskeyVerification } from './passkey-verification.js';

/** Passkeys as second factors, and in the list of factors. */
export class PasskeyFactors implements FactorKind {
  readonly kind = 'passkey';
  readonly isBackup = false;
  readonly signsInAlone = true;

  constructor(
    private readonly passkeys: PasskeyStore,
    private readonly verification: PasskeyVerification,
    private readonly events: PasskeyEvents,
  ) {}

  isFor(answer: FactorAnswer): boolean {
    return answer.passkey !== undefined;
  }

  async listOf(userId: string, inside?: RecordsInside): Promise<Factor[]> {
    const all = await passkeysIn(this.passkeys, inside?.manager).listOf(userId);
    return all.map(({ id, name, createdAt, lastUsedAt, backedUp, suspendedAt }) => ({
      id,
      kind: this.kind,
      name,
      createdAt,
      lastUsedAt,
      synced: backedUp,
      ...(suspendedAt !== null && { suspended: true as const }),
    }));
  }

  /** Also if all are suspended: a login must not need less because somebody has copied a passkey. */
  async has(userId: string, inside?: RecordsInside): Promise<boolean> {
    return (await passkeysIn(this.passkeys, inside?.manager).listOf(userId)).length > 0;
  }

  async verify(
    userId: string,
    { passkey: presented }: FactorAnswer,
    { use, boundTo }: FactorOccasion,
  ): Promise<FactorProof | null> {
    if (!presented) return null;
    const purpose = use === 'login' ? 'passkey-mfa' : 'passkey-step-up';
    const about = { use: use === 'login' ? 'mfa' : use, userId } as const;
    const check = async () => {
      const signed = await this.verification.signed(presented, { purpose, userId, boundTo });
      if (signed.passkey === null) throw new PasskeyRejection('unknown-credential');
      await this.verification.record(signed);
      return proofOf(signed.passkey);
    };
    return this.events.checked(about, check).catch((error: unknown) => {
      if (error instanceof PasskeyRejectedError) return null;
      throw error;
    });
  }

  wrongAnswer(): AuthError {
    return new PasskeyRejectedError();
  }

  remove(userId: string, id: string, inside?: RecordsInside): Promise<boolean> {
    return passkeysIn(this.passkeys, inside?.manager).remove(userId, id);
  }

  async removeAll(userId: string, inside?: RecordsInside): Promise<void> {
    await passkeysIn(this.passkeys, inside?.manager).removeOf(userId);
  }
}

/**
 * A passkey that may be copied to other devices is a key in software, and the user was verified (RFC 8176 §2). Other ones
 * count as keys in hardware, although nothing attests that.
 */
export function proofOf({ id, backupEligible }: Pick<Passkey, 'id' | 'backupEligible'>): FactorProof {
  return { kind: 'passkey', factorId: id, acr: 'phr', amr: [backupEligible ? 'swk' : 'hwk', 'user'] };
}
