import type { DataSource } from 'typeorm';
import { runStatement } from '../../database/statement.js';
import { tableOf } from '../../database/table-of.js';
import { BcryptPasswordHasher } from '../../users/bcrypt-password.hasher.js';
import { PUBLIC_PEPPER } from '../../users/pepper.js';
import { User } from '../../users/user.entity.js';

/** Whether a password in our table was hashed with another secret pepper than the current one; true if that is not known. */
export async function needsOlderPeppers(source: DataSource, hasher: unknown): Promise<boolean> {
  if (!(hasher instanceof BcryptPasswordHasher) || !source.hasMetadata(User)) return true;
  const text = `SELECT EXISTS (SELECT FROM ${tableOf(source, User)} WHERE password_hash LIKE 'lk1$%'
    AND NOT starts_with(password_hash, $1) AND NOT starts_with(password_hash, $2)) AS found`;
  const values = [hasher.prefix, `lk1$${PUBLIC_PEPPER}$`];
  const { rows } = await runStatement<{ found: boolean }>(source, { text, values }).catch(() => ({
    rows: [],
  }));
  return rows[0]?.found ?? true;
}
