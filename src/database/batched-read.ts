import type { DataSource } from 'typeorm';
import { PreparedStatement } from './prepared-statement.js';

/** The most ids in one statement. */
const MOST = 100;

interface Reader<Row> {
  resolve(row: Row | null): void;
  reject(error: unknown): void;
}

/**
 * Reads rows by their ids, all that are asked for within one turn of the event loop by one statement: under load that is
 * a fraction of the work. Nothing is remembered: a read returns what is there after it was asked for.
 */
export class BatchedRead<Row extends { id: string }> {
  private readonly statement: PreparedStatement<Row>;
  private waiting = new Map<string, Reader<Row>[]>();

  /** @param select a statement with `$1` for an array of ids */
  constructor(dataSource: DataSource, select: string) {
    this.statement = new PreparedStatement(dataSource, select);
  }

  /**
   * The row, or `null` where there is none; all who ask at once for the same get the same object. Throws
   * `UnavailableError` when the database is away.
   * @param id as PostgreSQL writes it
   */
  find(id: string): Promise<Row | null> {
    return new Promise((resolve, reject) => {
      if (this.waiting.size === 0) setImmediate(() => void this.readAll());
      this.waiting.set(id, [...(this.waiting.get(id) ?? []), { resolve, reject }]);
      if (this.waiting.size === MOST) void this.readAll();
    });
  }

  /** Nothing to do for a turn whose ids were so many that they did not wait for its end. */
  private async readAll(): Promise<void> {
    const readers = this.waiting;
    if (readers.size === 0) return;
    this.waiting = new Map();
    try {
      const rows = await this.statement.run([[...readers.keys()]]);
      const rowOf = new Map(rows.map((row) => [row.id, row]));
      for (const [id, all] of readers) for (const { resolve } of all) resolve(rowOf.get(id) ?? null);
    } catch (error) {
      for (const { reject } of [...readers.values()].flat()) reject(error);
    }
  }
}
