import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { unavailableWhenDown } from '../errors/database-errors.js';

/** The part of a `pg` pool that is used here. */
interface PgPool {
  query<Row>(query: { name: string; text: string; values: unknown[] }): Promise<{ rows: Row[] }>;
}

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
    const { rows } = await unavailableWhenDown(() =>
      this.pool().query<Row>({ name: this.name, text: this.text, values }),
    );
    return rows;
  }

  private pool(): PgPool {
    const { master } = this.dataSource.driver as unknown as { master?: PgPool };
    if (!master) throw new Error('Driver not Connected');
    return master;
  }
}
