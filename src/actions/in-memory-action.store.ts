import { ACTION_LIFETIMES } from './action-purposes.js';
import {
  type Action,
  type ActionStore,
  type CancelFilter,
  MAX_SECRETS,
  type NewAction,
  SENDABLE_SECONDS,
} from './action-store.js';
import type { AccountTables, ActionRow, Turn } from './in-memory-account-tables.js';

const DAY_MS = 86_400_000;

/** Actions in memory; see `InMemoryAccountRecords`. */
export class InMemoryActionStore implements ActionStore {
  constructor(
    private readonly tables: AccountTables,
    private readonly turn: Turn,
  ) {}

  async create({ outlivesEpoch, ...action }: NewAction): Promise<void> {
    await this.turn(() => {
      const now = this.tables.now();
      this.tables.actions.set(action.id, {
        userId: null,
        email: null,
        binding: null,
        payload: null,
        secrets: [],
        ...action,
        epoch: outlivesEpoch ? null : this.epochOf(action.userId),
        attempts: 0,
        consumed: false,
        createdAt: new Date(now),
        expiresAt: new Date(now + ACTION_LIFETIMES[action.purpose] * 1_000),
      });
    });
  }

  find(id: string): Promise<Action | null> {
    return this.turn(() => toAction(this.usable(id)));
  }

  addSecret(id: string, hash: Buffer): Promise<boolean> {
    return this.turn(() => {
      const row = this.tables.actions.get(id);
      if (!row || row.consumed || !this.isAlive(row)) return false;
      const now = this.tables.now();
      if (row.secrets.length === 0)
        row.expiresAt = new Date(
          Math.max(row.expiresAt.getTime(), now + ACTION_LIFETIMES[row.purpose] * 1_000),
        );
      if (row.expiresAt.getTime() <= now) return false;
      row.secrets = [...row.secrets, hash].slice(-MAX_SECRETS);
      return true;
    });
  }

  consume(id: string, secret: Buffer): Promise<Action | null> {
    return this.turn(() => {
      const row = this.usable(id);
      if (!row?.secrets.some((each) => each.equals(secret))) return null;
      row.consumed = true;
      return toAction(row);
    });
  }

  async giveBack(id: string): Promise<void> {
    await this.turn(() => {
      const row = this.tables.actions.get(id);
      if (row) row.consumed = false;
    });
  }

  countAttempt(id: string, most: number): Promise<boolean> {
    return this.turn(() => {
      const row = this.usable(id);
      if (!row || row.attempts >= most) return false;
      row.attempts += 1;
      return true;
    });
  }

  async extend(id: string, seconds: number): Promise<void> {
    await this.turn(() => {
      const row = this.tables.actions.get(id);
      if (row && this.isUnused(row)) row.expiresAt = new Date(this.tables.now() + seconds * 1_000);
    });
  }

  async cancel(userId: string, only?: CancelFilter): Promise<void> {
    const fits = ({ purpose, createdAt, email }: ActionRow) =>
      !only || (purpose === only.purpose && (!only.since || createdAt >= only.since || email === only.email));
    await this.turn(() => {
      for (const row of this.tables.actions.values())
        if (row.userId === userId && fits(row)) row.consumed = true;
    });
  }

  isReserved(email: string, exceptUserId?: string): Promise<boolean> {
    return this.turn(() =>
      [...this.tables.actions.values()].some(
        (row) =>
          row.purpose === 'undo-email' &&
          row.email === email &&
          row.userId !== exceptUserId &&
          this.isUnused(row),
      ),
    );
  }

  listOf(userId: string): Promise<Action[]> {
    return this.turn(() =>
      [...this.tables.actions.values()].filter((row) => row.userId === userId).map((row) => toAction(row)!),
    );
  }

  async removeOf(userId: string): Promise<void> {
    await this.turn(() => {
      for (const [id, row] of this.tables.actions) if (row.userId === userId) this.tables.actions.delete(id);
    });
  }

  countExpired(): Promise<number> {
    return this.turn(() => this.expired().length);
  }

  deleteExpired(limit: number): Promise<number> {
    return this.turn(() => {
      const gone = this.expired().slice(0, limit);
      for (const id of gone) this.tables.actions.delete(id);
      return gone.length;
    });
  }

  private expired(): string[] {
    const now = this.tables.now();
    const isSendable = ({ consumed, secrets, createdAt }: ActionRow) =>
      !consumed && secrets.length === 0 && createdAt.getTime() >= now - SENDABLE_SECONDS * 1_000;
    return [...this.tables.actions.values()]
      .filter((row) => row.expiresAt.getTime() < now - DAY_MS && !isSendable(row))
      .map(({ id }) => id);
  }

  private usable(id: string): ActionRow | undefined {
    const row = this.tables.actions.get(id);
    if (!row || !this.isUnused(row)) return undefined;
    return this.isAlive(row) ? row : undefined;
  }

  private isAlive({ userId, epoch }: ActionRow): boolean {
    return userId === null || epoch === null || epoch === this.epochOf(userId);
  }

  private isUnused({ consumed, expiresAt }: ActionRow): boolean {
    return !consumed && expiresAt.getTime() > this.tables.now();
  }

  private epochOf(userId: string | null | undefined): number {
    return (userId && this.tables.states.get(userId)?.epoch) || 0;
  }
}

function toAction(row: ActionRow | undefined): Action | null {
  if (!row) return null;
  const { attempts: _attempts, consumed: _consumed, ...action } = row;
  return { ...action, secrets: [...action.secrets] };
}
