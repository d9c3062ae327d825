import type { RecordsInside } from '../actions/account-records.js';
import type { Factor } from './factor-kind.js';
import {
  CONFIRM_WITHIN,
  type FactorStore,
  MAX_TOTPS,
  type NewTotp,
  STEP_SECONDS,
  type StoredKind,
  type StoredSecret,
  type StoredTotp,
} from './factor-store.js';

/** Times are in milliseconds since the epoch. */
interface Row {
  id: string;
  userId: string;
  kind: StoredKind;
  name: string | null;
  secret: string | null;
  lastStep: number | null;
  codes: Buffer[] | null;
  createdAt: number;
  confirmed: boolean;
  lastUsedAt: number | null;
}

/**
 * Authenticator apps and recovery codes in the memory of this process, with the same guarantees as in PostgreSQL, except
 * that a transaction that fails does not take back what it changed here. For tests. Every method is atomic because none
 * awaits anything.
 */
export class InMemoryFactorStore implements FactorStore {
  private rows: Row[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  within(_inside: RecordsInside | undefined): FactorStore {
    return this;
  }

  async listOf(userId: string, kind: StoredKind): Promise<Factor[]> {
    return this.of(userId, kind)
      .filter(({ confirmed }) => confirmed)
      .map(({ id, name, createdAt, lastUsedAt, codes }) => ({
        id,
        kind,
        name,
        createdAt: new Date(createdAt),
        lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt),
        ...(codes && { remaining: codes.length }),
      }));
  }

  async has(userId: string, kind: StoredKind): Promise<boolean> {
    return this.of(userId, kind).some(({ confirmed, codes }) => confirmed && codes?.length !== 0);
  }

  async addTotp({ id, userId, name, secret }: NewTotp): Promise<boolean> {
    const own = this.of(userId, 'totp');
    if (own.filter(({ confirmed }) => confirmed).length >= MAX_TOTPS) return false;
    if (own.length >= MAX_TOTPS) this.drop(own.find(({ confirmed }) => !confirmed)!);
    const row = { id, userId, name, secret, kind: 'totp' as const, createdAt: this.now() };
    this.rows.push({ ...row, lastStep: null, codes: null, confirmed: false, lastUsedAt: null });
    return true;
  }

  async totpsOf(userId: string): Promise<StoredTotp[]> {
    return this.of(userId, 'totp')
      .filter(({ confirmed }) => confirmed)
      .map((row) => this.toTotp(row));
  }

  async findPending(userId: string, id: string): Promise<StoredTotp | null> {
    const row = this.pending(userId, id);
    return row ? this.toTotp(row) : null;
  }

  async confirm(userId: string, id: string, step: number): Promise<boolean> {
    const row = this.pending(userId, id);
    if (row) Object.assign(row, { confirmed: true, lastStep: step, lastUsedAt: this.now() });
    return row !== undefined;
  }

  async useStep(userId: string, id: string, step: number): Promise<boolean> {
    const row = this.of(userId, 'totp').find((each) => each.id === id && each.confirmed);
    if (!row || row.lastStep === null || row.lastStep >= step) return false;
    Object.assign(row, { lastStep: step, lastUsedAt: this.now() });
    return true;
  }

  async replaceCodes(userId: string, id: string, hashes: readonly Buffer[]): Promise<void> {
    await this.removeAll(userId, 'recovery-codes');
    const row = { id, userId, kind: 'recovery-codes' as const, codes: [...hashes], createdAt: this.now() };
    this.rows.push({ ...row, name: null, secret: null, lastStep: null, confirmed: true, lastUsedAt: null });
  }

  async useCode(userId: string, hash: Buffer): Promise<{ id: string; remaining: number } | null> {
    const row = this.of(userId, 'recovery-codes')[0];
    if (!row?.codes?.some((code) => code.equals(hash))) return null;
    row.codes = row.codes.filter((code) => !code.equals(hash));
    row.lastUsedAt = this.now();
    return { id: row.id, remaining: row.codes.length };
  }

  async remove(userId: string, kind: StoredKind, id: string): Promise<boolean> {
    const row = this.of(userId, kind).find((each) => each.id === id && each.confirmed);
    if (row) this.drop(row);
    return row !== undefined;
  }

  async removeAll(userId: string, kind: StoredKind): Promise<void> {
    for (const row of this.of(userId, kind)) this.drop(row);
  }

  async listSecrets(limit: number, after = ''): Promise<StoredSecret[]> {
    return this.rows
      .filter(({ id, secret }) => secret !== null && id > after)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map(({ id, userId, secret }) => ({ id, userId, secret: secret! }));
  }

  async replaceSecret(id: string, from: string, to: string): Promise<boolean> {
    const row = this.rows.find((each) => each.id === id && each.secret === from);
    if (row) row.secret = to;
    return row !== undefined;
  }

  async countExpired(): Promise<number> {
    return this.expired().length;
  }

  async deleteExpired(limit: number): Promise<number> {
    const gone = this.expired().slice(0, limit);
    for (const row of gone) this.drop(row);
    return gone.length;
  }

  private of(userId: string, kind: StoredKind): Row[] {
    return this.rows.filter((row) => row.userId === userId && row.kind === kind);
  }

  private pending(userId: string, id: string): Row | undefined {
    const after = this.now() - CONFIRM_WITHIN * 1_000;
    return this.of(userId, 'totp').find((row) => row.id === id && !row.confirmed && row.createdAt > after);
  }

  private expired(): Row[] {
    const before = this.now() - CONFIRM_WITHIN * 1_000;
    return this.rows.filter(({ confirmed, createdAt }) => !confirmed && createdAt < before);
  }

  private drop(row: Row): void {
    this.rows = this.rows.filter((each) => each !== row);
  }

  private toTotp({ id, name, secret, lastStep }: Row): StoredTotp {
    return { id, name, secret: secret!, lastStep, step: Math.floor(this.now() / 1_000 / STEP_SECONDS) };
  }
}
