import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { runStatement } from './statement.js';

/**
 * A statement that each connection of the data source's pool parses and plans once instead of on every call. TypeORM's
 * `query` cannot name a statement. For the few statements that run all the time; the text must not vary.
 */
export class PreparedStatement<Row> {
  private readonly name: string;

  constructor(
    private readonly dataSource: DataSource,
    private readonly text: string,
  ) {
    // Derived from the text, because a connection allows only one text per name, whoever else uses the pool.
    this.name = `latchkey_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  }

  /** @throws UnavailableError when the database is unavailable */
  async run(values: unknown[]): Promise<Row[]> {
    const { name, text } = this;
    return (await runStatement<Row>(this.dataSource, { name, text, values })).rows;
  }
}
