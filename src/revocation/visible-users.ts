import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { rolledBack } from '../database/rolled-back.js';
import { runStatement } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { TypeOrmUserStore } from '../users/typeorm-user.store.js';
import type { UserClass } from '../users/user.entity.js';

/** SQLSTATE class integrity_constraint_violation: a host's column needs a value that only the host knows. */
const CONSTRAINT = /^23/;

/**
 * With row-level security, no user at all is what an empty table looks like, and one that hides all its rows. Then a
 * user is written, looked for, and rolled back.
 * @throws Error if that one is hidden, or could not be written
 */
export async function expectUsersVisible(source: DataSource, entity: UserClass): Promise<void> {
  const table = tableOf(source, entity);
  const { rows } = await runStatement<{ open: boolean }>(source, {
    text: `SELECT NOT row_security_active($1::regclass) OR EXISTS (SELECT FROM ${table}) AS open`,
    values: [table],
  });
  if (rows[0]!.open) return;
  await rolledBack(source, async (inside) => {
    const email = `${randomUUID()}@latchkey.invalid`;
    const text = `INSERT INTO ${table} (id, email, password_hash) VALUES ($1, $2, '')`;
    try {
      await runStatement(inside, { text, values: [randomUUID(), email] });
    } catch (error) {
      if (CONSTRAINT.test(String((error as { code?: unknown }).code))) return;
      throw error;
    }
    expectVisible((await new TypeOrmUserStore(inside, entity).findByEmail(email)) !== null);
  });
}

export function expectVisible(seen: boolean): void {
  if (!seen) throw new Error('What was written cannot be read: row-level security hides it.');
}
