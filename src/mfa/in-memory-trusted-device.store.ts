import type { RecordsInside } from '../actions/account-records.js';
import { isEqual } from '../actions/action-tokens.js';
import type { NewTrustedDevice, TrustedDevice, TrustedDeviceStore } from './trusted-devices.js';

interface Row extends TrustedDevice {
  userId: string;
  secret: Buffer;
  epoch: number;
}

/**
 * Trusted devices in the memory of this process, so that a transaction that fails does not take back what it changed here.
 * For tests. Every method is atomic because none awaits anything after it has read.
 */
export class InMemoryTrustedDeviceStore implements TrustedDeviceStore {
  private rows: Row[] = [];

  constructor(
    private readonly epochOf: (userId: string) => Promise<number>,
    private readonly now: () => number = Date.now,
  ) {}

  within(_inside: RecordsInside | undefined): TrustedDeviceStore {
    return this;
  }

  async create(device: NewTrustedDevice, seconds: number): Promise<void> {
    const [at, expiresAt] = [new Date(this.now()), new Date(this.now() + seconds * 1_000)];
    this.rows.push({ ...device, createdAt: at, lastUsedAt: at, expiresAt });
  }

  async use(userId: string, id: string, secret: Buffer): Promise<boolean> {
    const row = (await this.live(userId)).find((each) => each.id === id && isEqual(each.secret, secret));
    if (row) row.lastUsedAt = new Date(this.now());
    return row !== undefined;
  }

  async listOf(userId: string): Promise<TrustedDevice[]> {
    return (await this.live(userId))
      .toSorted((a, b) => b.lastUsedAt.getTime() - a.lastUsedAt.getTime())
      .map(({ userId: _userId, secret: _secret, epoch: _epoch, ...device }) => device);
  }

  async remove(userId: string, id: string): Promise<boolean> {
    const row = (await this.live(userId)).find((each) => each.id === id);
    this.rows = this.rows.filter((each) => each !== row);
    return row !== undefined;
  }

  async removeAll(userId: string): Promise<void> {
    this.rows = this.rows.filter((row) => row.userId !== userId);
  }

  async countExpired(): Promise<number> {
    return this.expired().length;
  }

  async deleteExpired(limit: number): Promise<number> {
    const gone = this.expired().slice(0, limit);
    this.rows = this.rows.filter((row) => !gone.includes(row));
    return gone.length;
  }

  private async live(userId: string): Promise<Row[]> {
    const epoch = await this.epochOf(userId);
    return this.rows.filter(
      (row) => row.userId === userId && row.epoch === epoch && row.expiresAt.getTime() > this.now(),
    );
  }

  private expired(): Row[] {
    return this.rows.filter(({ expiresAt }) => expiresAt.getTime() <= this.now());
  }
}
