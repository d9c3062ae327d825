import { randomBytes, randomUUID } from 'node:crypto';
import type { TextCipher } from '../actions/action-payloads.js';
import type { RecordsInside } from '../actions/account-records.js';
import { InvalidCodeError } from '../errors/auth-errors.js';
import type { Factor, FactorAnswer, FactorKind, FactorProof } from './factor-kind.js';
import type { FactorStore, StoredTotp } from './factor-store.js';
import { fromBase32, isCode, stepOf, toBase32 } from './totp.js';

/** 160 bits, as RFC 4226 §4 recommends. */
const SECRET_BYTES = 20;

/** A code that was right for an authenticator app which waits to be confirmed. */
export interface ConfirmableTotp {
  name: string | null;
  step: number;
}

/** Authenticator apps (RFC 6238). Each code passes once, and none that is older than one that has passed. */
export class TotpFactors implements FactorKind {
  readonly kind = 'totp';
  readonly isBackup = false;
  readonly signsInAlone = false;

  constructor(
    private readonly store: FactorStore,
    private readonly cipher: TextCipher,
  ) {}

  isFor({ code }: FactorAnswer): boolean {
    return code !== undefined;
  }

  listOf(userId: string, inside?: RecordsInside): Promise<Factor[]> {
    return this.store.within(inside).listOf(userId, 'totp');
  }

  has(userId: string, inside?: RecordsInside): Promise<boolean> {
    return this.store.within(inside).has(userId, 'totp');
  }

  async verify(userId: string, { code }: FactorAnswer): Promise<FactorProof | null> {
    if (!isCode(code)) return null;
    for (const totp of await this.store.totpsOf(userId)) {
      const step = this.stepOf(userId, totp, code);
      if (step !== null && (await this.store.useStep(userId, totp.id, step))) return this.proofOf(totp.id);
    }
    return null;
  }

  /** Makes a secret for an authenticator app that waits to be confirmed; `null` if the user has too many of them. */
  async create(userId: string, name: string | null): Promise<{ id: string; secret: string } | null> {
    const [id, secret] = [randomUUID(), toBase32(randomBytes(SECRET_BYTES))];
    const encrypted = this.cipher.encrypt(secret, contextOf(userId, id));
    return (await this.store.addTotp({ id, userId, name, secret: encrypted })) ? { id, secret } : null;
  }

  /** Whether the user has an authenticator app with this id that waits to be confirmed. */
  async isPending(userId: string, id: string): Promise<boolean> {
    return (await this.store.findPending(userId, id)) !== null;
  }

  /** Checks a code of an authenticator app that waits to be confirmed, without using it: see {@link confirm}. */
  async check(userId: string, id: string, code: string): Promise<ConfirmableTotp | null> {
    const pending = isCode(code) ? await this.store.findPending(userId, id) : null;
    const step = pending && this.stepOf(userId, pending, code);
    return step === null ? null : { name: pending!.name, step };
  }

  /** Makes an authenticator app a factor and uses its code. Returns `false` if another call was first. */
  confirm(userId: string, id: string, step: number, inside?: RecordsInside): Promise<boolean> {
    return this.store.within(inside).confirm(userId, id, step);
  }

  proofOf(factorId: string): FactorProof {
    return { kind: this.kind, factorId, acr: 'mfa', amr: ['otp'] };
  }

  wrongAnswer(): InvalidCodeError {
    const message = 'The code is wrong, or was used before: wait for the next one.';
    return new InvalidCodeError({ message, details: [{ field: 'code', message }] });
  }

  remove(userId: string, id: string, inside?: RecordsInside): Promise<boolean> {
    return this.store.within(inside).remove(userId, this.kind, id);
  }

  removeAll(userId: string, inside?: RecordsInside): Promise<void> {
    return this.store.within(inside).removeAll(userId, this.kind);
  }

  /** `null` also for a secret that cannot be decrypted, because its encryption secret has been removed. */
  private stepOf(userId: string, { id, secret, step }: StoredTotp, code: string): number | null {
    const decrypted = this.cipher.decrypt(secret, contextOf(userId, id));
    return decrypted === null ? null : stepOf(fromBase32(decrypted), code, step);
  }
}

/** What a secret is bound to: in the row of another user or authenticator app, it is worth nothing. */
export function contextOf(userId: string, id: string): string {
  return `${userId} ${id}`;
}
