/** The command, and the table that it reads or changes. */
const COMMAND = /^\s*(?<command>[a-z]+)/i;
const TABLE =
  /\b(?:from|into|update)\s+(?:only\s+)?(?<table>(?:"[^"]+"|[a-z_][\w$]*)(?:\.(?:"[^"]+"|[a-z_][\w$]*))?)/i;

/** How a span describes a statement: without its text and its values. */
export function describeStatement(text: string) {
  const command = COMMAND.exec(text)?.groups?.command?.toUpperCase() ?? 'SQL';
  const table = TABLE.exec(text)?.groups?.table?.replaceAll('"', '');
  return {
    'db.system.name': 'postgresql',
    'db.operation.name': command,
    'db.query.summary': table ? `${command} ${table}` : command,
    ...(table && { 'db.collection.name': table }),
  };
}
