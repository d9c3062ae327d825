import { type AccountState, type AccountStates, UNKNOWN_ACCOUNT } from './account-states.js';
import type { AccountTables, Turn } from './in-memory-account-tables.js';

/** The states of accounts in memory; see `InMemoryAccountRecords`. */
export class InMemoryAccountStates implements AccountStates {
  constructor(
    private readonly tables: AccountTables,
    private readonly turn: Turn,
  ) {}

  of(userId: string): Promise<AccountState> {
    return this.turn(() => ({ ...(this.tables.states.get(userId) ?? UNKNOWN_ACCOUNT) }));
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
    const closingAt = seconds === null ? null : new Date(this.tables.now() + seconds * 1_000);
    return (await this.change(userId, () => ({ closingAt }))).closingAt;
  }

  listDue(limit: number): Promise<string[]> {
    return this.turn(() => this.due().slice(0, limit));
  }

  countDue(): Promise<number> {
    return this.turn(() => this.due().length);
  }

  async remove(userId: string): Promise<void> {
    await this.turn(() => this.tables.states.delete(userId));
  }

  private due(): string[] {
    const isDue = ({ closingAt }: AccountState) =>
      closingAt !== null && closingAt.getTime() <= this.tables.now();
    return [...this.tables.states]
      .filter(([, row]) => isDue(row))
      .toSorted(([, a], [, b]) => a.closingAt!.getTime() - b.closingAt!.getTime())
      .map(([userId]) => userId);
  }

  private change(userId: string, by: (row: AccountState) => Partial<AccountState>): Promise<AccountState> {
    return this.turn(() => {
      const row = this.tables.states.get(userId) ?? UNKNOWN_ACCOUNT;
      const next = { ...row, ...by(row) };
      this.tables.states.set(userId, next);
      return next;
    });
  }
}
