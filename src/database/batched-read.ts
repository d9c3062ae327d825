import type { DataSource } from 'typeorm';
import { PreparedStatement } from './prepared-statement.js';

/** The maximum number of ids in one statement. */
const MOST = 100;

interface Reader<Row> {
  resolve(row: Row | null): void;
  reject(error: unknown): void;
}

/**
 * Reads rows by id. All reads requested in one turn of the event loop become one statement, which under load is a
 * fraction of the work. Nothing is cached: a read returns the row as it is after the read was requested.
 */
export class BatchedRead<Row extends { id: string }> {
  private readonly statement: PreparedStatement<Row>;
  private waiting = new Map<string, Reader<Row>[]>();

  /** @param select a statement whose `$1` is an array of ids */
  constructor(dataSource: DataSource, select: string) {
    this.statement = new PreparedStatement(dataSource, select);
  }

  /**
   * Returns the row, or `null` if there is none. Parallel reads of the same id get the same object.
   * @param id in PostgreSQL's own spelling
   * @throws UnavailableError when the database is unavailable
   */
  find(id: string): Promise<Row | null> {
    return new Promise((resolve, reject) => {
      if (this.waiting.size === 0) setImmediate(() => void this.readAll());
      this.waiting.set(id, [...(this.waiting.get(id) ?? []), { resolve, reject }]);
      if (this.waiting.size === MOST) void this.readAll();
    });
  }

  /** Finds nothing to do if the turn had so many ids that they were read before its end. */
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
