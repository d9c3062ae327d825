import type { DataSource } from 'typeorm';
import type { Servers } from './servers.js';
import { runStatement } from './statement.js';

/**
 * Whether the server refuses writes: a standby, or one that was made read-only. If so, the connections of a data source
 * that knows several servers are cut, so that new ones look for the server that accepts writes.
 * @throws UnavailableError when the database is unavailable
 */
export async function isReadOnly(dataSource: DataSource): Promise<boolean> {
  if (!(await saysReadOnly(dataSource))) return false;
  const { master } = dataSource.driver as unknown as { master: { options: { servers?: Servers } } };
  master.options.servers?.abandon();
  return true;
}

/** The same, without consequences. */
export async function saysReadOnly(dataSource: DataSource): Promise<boolean> {
  const text = `SELECT current_setting('transaction_read_only') AS answer`;
  const { rows } = await runStatement<{ answer: string }>(dataSource, { text, values: [] });
  return rows[0]!.answer === 'on';
}
