/** A name, quoted for SQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The path of a table, quoted for SQL. */
export function quotePath({ schema, tableName }: { schema?: string | undefined; tableName: string }): string {
  return [schema, tableName]
    .filter((name) => name !== undefined)
    .map(quoteName)
    .join('.');
}
