import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { type Pooling, poolingOf } from './pooling.js';
import { runStatement } from './statement.js';

/**
 * The name exists on the server although this connection has not prepared it, or the reverse: a pooler has changed the
 * server between two statements. Nothing has been executed.
 */
const OTHER_SERVER = /^(?:42P05|26000)$/;

/**
 * A statement that each connection of the data source's pool parses and plans once instead of on every call. TypeORM's
 * `query` cannot name a statement. For the few statements that run all the time; the text must not vary. Behind a
 * pooler that does not keep a server for a connection, the statement has no name and is parsed on every call.
 */
export class PreparedStatement<Row> {
  private readonly name: string;
  private readonly pooling: Pooling;

  constructor(
    private readonly dataSource: DataSource,
    private readonly text: string,
    private readonly types?: object,
  ) {
    // Derived from the text, because a connection allows only one text per name, whoever else uses the pool.
    this.name = `latchkey_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    this.pooling = poolingOf(dataSource);
  }

  /** @throws UnavailableError when the database is unavailable */
  async run(values: unknown[]): Promise<Row[]> {
    const { name, pooling } = this;
    if (!pooling.preparedStatements) return this.execute({ values });
    try {
      return await this.execute({ name, values });
    } catch (error) {
      if (!OTHER_SERVER.test(String((error as { code?: unknown }).code))) throw error;
      pooling.preparedStatements = false;
      return this.execute({ values });
    }
  }

  private async execute(question: { name?: string; values: unknown[] }): Promise<Row[]> {
    const { text, types } = this;
    return (await runStatement<Row>(this.dataSource, { ...question, text, ...(types && { types }) })).rows;
  }
}
