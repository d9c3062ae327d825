import type { DataSource } from 'typeorm';
import { Gathering } from './gathering.js';
import { PreparedStatement } from './prepared-statement.js';

/** The maximum number of reads in one statement. */
const MOST = 100;

interface Reader<Row> {
  id: string;
  resolve(row: Row | null): void;
  reject(error: unknown): void;
}

/**
 * Reads rows by id. Reads that are requested together become one statement, which under load is a
 * fraction of the work. Nothing is cached: a read returns the row as it is after the read was requested.
 */
export class BatchedRead<Row extends { id: string }> {
  private readonly statement: PreparedStatement<Row>;
  private readonly gathering = new Gathering<Reader<Row>>(MOST, (readers) => this.readAll(readers));

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
    return new Promise((resolve, reject) => this.gathering.add({ id, resolve, reject }));
  }

  private async readAll(readers: Reader<Row>[]): Promise<void> {
    try {
      const rows = await this.statement.run([[...new Set(readers.map(({ id }) => id))]]);
      const rowOf = new Map(rows.map((row) => [row.id, row]));
      for (const { id, resolve } of readers) resolve(rowOf.get(id) ?? null);
    } catch (error) {
      for (const { reject } of readers) reject(error);
    }
  }
}
