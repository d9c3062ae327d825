/** PostgreSQL would cut a longer name. */
const MAX_BYTES = 63;

/** What is wrong with the name of a schema and how to fix it, or `undefined`. */
export function schemaNameProblem(name: string): string | undefined {
  if (name === '') return 'must not be empty';
  if (name.includes('\0') || !name.isWellFormed()) return 'must not contain NUL or half a character';
  if (Buffer.byteLength(name) > MAX_BYTES) return `must have at most ${MAX_BYTES} bytes`;
  if (name.startsWith('pg_')) return 'must not begin with pg_: PostgreSQL reserves those names';
  return undefined;
}
