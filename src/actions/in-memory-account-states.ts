import { type AccountState, type AccountStates, BEGUN, hasBegun, UNKNOWN_ACCOUNT } from './account-states.js';
import type { AccountRow, AccountTables, Turn } from './in-memory-account-tables.js';

/** The states of accounts in memory; see `InMemoryAccountRecords`. */
export class InMemoryAccountStates implements AccountStates {
  constructor(
    private readonly tables: AccountTables,
    private readonly turn: Turn,
  ) {}

  of(userId: string): Promise<AccountState> {
    return this.turn(() => {
      const { recoveredUntil: until, ...state } = this.row(userId);
      const seconds = until ? Math.ceil((until.getTime() - this.tables.now()) / 1_000) : 0;
      return { ...state, brake: until && seconds > 0 ? { until, seconds } : null };
    });
  }

  /** There is no need to lock: transactions run one after the other. */
  lock(userId: string): Promise<AccountState> {
    return this.of(userId);
  }

  async raiseEpoch(userId: string): Promise<void> {
    await this.change(userId, ({ epoch }) => ({ epoch: epoch + 1 }));
  }

  async prove(userId: string, email: string): Promise<void> {
    await this.change(userId, () => ({ provenEmail: email }));
  }

  async setClosing(userId: string, seconds: number | null): Promise<Date | null> {
    return (await this.change(userId, () => ({ closingAt: this.after(seconds) }))).closingAt;
  }

  isDue(userId: string): Promise<boolean> {
    return this.turn(() => this.hasCome(this.row(userId).closingAt));
  }

  listDue(limit: number): Promise<string[]> {
    return this.turn(() => this.due('closingAt').slice(0, limit));
  }

  countDue(): Promise<number> {
    return this.turn(() => this.due('closingAt').length);
  }

  async brake(userId: string, seconds: number): Promise<void> {
    await this.change(userId, ({ recoveredUntil }) => {
      const next = this.after(seconds)!;
      return { recoveredUntil: recoveredUntil && recoveredUntil > next ? recoveredUntil : next };
    });
  }

  async setFactorsReset(userId: string, seconds: number | null): Promise<Date | null> {
    return (await this.change(userId, () => ({ factorsResetAt: this.after(seconds) }))).factorsResetAt;
  }

  beginFactorsReset(userId: string): Promise<boolean> {
    return this.turn(() => {
      if (!this.hasCome(this.row(userId).factorsResetAt)) return false;
      this.tables.states.set(userId, { ...this.row(userId), factorsResetAt: BEGUN });
      return true;
    });
  }

  async endFactorsReset(userId: string): Promise<void> {
    await this.turn(() => {
      const row = this.tables.states.get(userId);
      if (row && hasBegun(row.factorsResetAt)) row.factorsResetAt = null;
    });
  }

  listFactorsResets(limit: number): Promise<string[]> {
    return this.turn(() => this.due('factorsResetAt').slice(0, limit));
  }

  countFactorsResets(): Promise<number> {
    return this.turn(() => this.due('factorsResetAt').length);
  }

  async remove(userId: string): Promise<void> {
    await this.turn(() => this.tables.states.delete(userId));
  }

  private row(userId: string): AccountRow {
    const { brake: _none, ...unknown } = UNKNOWN_ACCOUNT;
    return this.tables.states.get(userId) ?? { ...unknown, recoveredUntil: null };
  }

  private after(seconds: number | null): Date | null {
    return seconds === null ? null : new Date(this.tables.now() + seconds * 1_000);
  }

  private hasCome(at: Date | null): boolean {
    return at !== null && at.getTime() <= this.tables.now();
  }

  private due(which: 'closingAt' | 'factorsResetAt'): string[] {
    return [...this.tables.states]
      .filter(([, row]) => this.hasCome(row[which]))
      .toSorted(([, a], [, b]) => a[which]!.getTime() - b[which]!.getTime())
      .map(([userId]) => userId);
  }

  private change(userId: string, by: (row: AccountRow) => Partial<AccountRow>): Promise<AccountRow> {
    return this.turn(() => {
      const row = this.row(userId);
      const next = { ...row, ...by(row) };
      this.tables.states.set(userId, next);
      return next;
    });
  }
}
