import type { UserColumns } from './user-columns.js';
import type { UserQuery } from './user-store.js';

/** The statement that lists users. */
export function listOf(
  { limit, after, emailPart, disabled }: UserQuery,
  table: string,
  columns: UserColumns,
): { text: string; values: unknown[] } {
  const values: unknown[] = [limit];
  const conditions: string[] = [];
  const bind = (value: string) => `$${values.push(value)}`;
  // Only the requested conditions, so that the planner can tell when few users match.
  if (after !== undefined) conditions.push(`email > ${bind(after)}`);
  if (emailPart) conditions.push(`email LIKE ${bind(`%${emailPart.replaceAll(/[\\%_]/g, '\\$&')}%`)}`);
  if (disabled !== undefined) conditions.push(`${disabled ? '' : 'NOT '}(${columns.disabled})`);
  const filter = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  return { text: `SELECT ${columns.record} FROM ${table} ${filter} ORDER BY email LIMIT $1`, values };
}
