import { randomUUID } from 'node:crypto';
import type { UserColumns } from './user-columns.js';
import type { NewUser } from './user-store.js';

/** The statement that adds a user, unless the address is taken: then it returns no row. */
export function insertOf(user: NewUser, table: string, columns: UserColumns) {
  const { email, name, passwordHash, roles = [], permissions = [], fields } = user;
  const added = columns.valuesOf(fields);
  const names = [
    'id',
    'email',
    'name',
    'password_hash',
    'roles',
    'permissions',
    ...added.map((each) => each.name),
  ];
  const ours = [randomUUID(), email, name, passwordHash, roles, permissions];
  const values = [...ours, ...added.map((each) => each.value)];
  const places = values.map((_, place) => `$${place + 1}`);
  const text = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${places.join(', ')})
     ON CONFLICT (email) DO NOTHING RETURNING ${columns.record}`;
  return { text, values, ...(columns.types && { types: columns.types }) };
}
