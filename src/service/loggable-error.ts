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
  // By its properties: an error may come from another realm, or another copy of a package.
  if (typeof error !== 'object' || error === null || !('message' in error)) return { type: typeof error };
  const { name, message, code, table, constraint, stack, cause, driverError } = error as Record<
    string,
    unknown
  >;
  const next = cause ?? driverError;
  return {
    type: text(name) ?? 'Error',
    message: QUOTES_DATA.test(String(code)) ? undefined : text(message),
    code: text(code),
    table: text(table),
    constraint: text(constraint),
    stack: framesOf(text(stack) ?? ''),
    cause: next !== undefined && depth < MAX_CAUSES ? loggableError(next, depth + 1) : undefined,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Without its first lines, which repeat the message. */
function framesOf(stack: string): string {
  const frames = stack.split('\n').filter((line) => /^ {4}at /.test(line));
  return frames.map((line) => line.trim()).join('\n');
}
