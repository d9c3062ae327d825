import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { AccountMails } from '../actions/account-mails.js';
import type { AccountRecords, RecordsInside } from '../actions/account-records.js';
import { InvalidCodeError } from '../errors/auth-errors.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { UserStore } from '../users/user-store.js';
import type { Factor, FactorAnswer, FactorKind, FactorProof } from './factor-kind.js';
import type { FactorStore } from './factor-store.js';

/** Crockford's: without the letters that look like a digit, and without U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 125 bits, in five groups. */
const CHARACTERS = 25;
const GROUP = 5;
const COUNT = 10;
const CODE = new RegExp(`^[${ALPHABET}]{${CHARACTERS}}$`);

/** Codes that stand in for a lost second factor, each once. Only their SHA-256 is stored: they are too long to be guessed. */
export class RecoveryCodes implements FactorKind {
  readonly kind = 'recovery-codes';
  readonly isBackup = true;
  readonly signsInAlone = false;

  /**
   * @param mails undefined if the app sends none
   * @param brake for how many seconds the brakes of a recovery last after the use of a code; 0 for none
   */
  constructor(
    private readonly store: FactorStore,
    private readonly records: AccountRecords,
    private readonly users: UserStore,
    private readonly events: AuthEvents,
    private readonly mails: AccountMails | undefined,
    private readonly brake: number,
  ) {}

  isFor({ recoveryCode }: FactorAnswer): boolean {
    return recoveryCode !== undefined;
  }

  listOf(userId: string, inside?: RecordsInside): Promise<Factor[]> {
    return this.store.within(inside).listOf(userId, 'recovery-codes');
  }

  has(userId: string, inside?: RecordsInside): Promise<boolean> {
    return this.store.within(inside).has(userId, 'recovery-codes');
  }

  /** Replaces the codes of a user, and returns the new ones: nobody can read them again. */
  async renew(userId: string, inside?: RecordsInside): Promise<string[]> {
    const codes = Array.from({ length: COUNT }, newCode);
    await this.store.within(inside).replaceCodes(userId, randomUUID(), codes.map(hashOf));
    return codes.map(grouped);
  }

  /** The owner is told that a code was used, and brakes are put on, in the same transaction. */
  async verify(userId: string, { recoveryCode }: FactorAnswer): Promise<FactorProof | null> {
    const code = canonical(recoveryCode);
    if (!code) return null;
    const user = await this.users.findById(userId);
    const used = await this.records.together(async (inside) => {
      // In the order in which changes lock, and so that none of them happens unnoticed at the same time.
      if (this.brake > 0) await inside.states.lock(userId);
      const set = await this.store.within(inside).useCode(userId, hashOf(code));
      if (!set) return set;
      if (this.brake > 0) await this.putBrakesOn(userId, inside);
      if (!user) return set;
      const data = { name: user.name, notice: 'recovery-code-used' as const, at: new Date().toISOString() };
      await this.mails?.enqueue(
        { template: 'security-notice', to: user.email, userId, data },
        inside.manager,
      );
      return set;
    });
    if (!used) return null;
    await this.events.record({ type: 'recovery-code-used', userId, remaining: used.remaining });
    return { kind: this.kind, factorId: used.id, acr: 'mfa', amr: [] };
  }

  /** Another address that was requested before is not confirmed: nobody knows by whom. */
  private async putBrakesOn(userId: string, { actions, states }: RecordsInside): Promise<void> {
    await states.brake(userId, this.brake);
    await actions.cancel(userId, { purpose: 'change-email' });
  }

  wrongAnswer(): InvalidCodeError {
    const message = 'The recovery code is wrong, or was used before.';
    return new InvalidCodeError({ message, details: [{ field: 'recoveryCode', message }] });
  }

  remove(userId: string, id: string, inside?: RecordsInside): Promise<boolean> {
    return this.store.within(inside).remove(userId, this.kind, id);
  }

  removeAll(userId: string, inside?: RecordsInside): Promise<void> {
    return this.store.within(inside).removeAll(userId, this.kind);
  }
}

function newCode(): string {
  return [...randomBytes(CHARACTERS)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

const grouped = (code: string) => code.match(new RegExp(`.{${GROUP}}`, 'g'))!.join('-');

/** As it was written: in any case, with or without dashes and spaces, with letters that look like a digit. */
function canonical(typed: string | undefined): string | null {
  const code = (typed ?? '')
    .replaceAll(/[\s-]/g, '')
    .toUpperCase()
    .replaceAll(/[IL]/g, '1')
    .replaceAll('O', '0');
  return CODE.test(code) ? code : null;
}

function hashOf(code: string): Buffer {
  return createHash('sha256').update(code).digest();
}
