export interface LoggableError {
  type: string;
  message?: string;
  code?: string;
  /** Of PostgreSQL: what was hurt. */
  table?: string;
  constraint?: string;
  stack?: string;
  cause?: LoggableError;
}

/** SQLSTATE classes whose messages quote the data: 22 (bad data) and 23 (constraints). */
const QUOTES_DATA = /^2[23]...$/;

const MAX_CAUSES = 5;

/**
 * What the log may hold of an error. Only named fields: errors of the database carry statements, parameters and rows
 * along, with addresses and hashes in them.
 */
export function loggableError(error: unknown, depth = 0): LoggableError {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, table, constraint, stack, cause, driverError } = error as Error & Record<string, unknown>;
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const next = cause ?? driverError;
  return {
    type: error.name,
    message: QUOTES_DATA.test(String(code)) ? undefined : error.message,
    code: text(code),
    table: text(table),
    constraint: text(constraint),
    stack: framesOf(text(stack) ?? ''),
    cause: next !== undefined && depth < MAX_CAUSES ? loggableError(next, depth + 1) : undefined,
  };
}

/** Without its first lines, which repeat the message. */
function framesOf(stack: string): string {
  const frames = stack.split('\n').filter((line) => /^ {4}at /.test(line));
  return frames.map((line) => line.trim()).join('\n');
}
