export interface LoggableError {
  type: string;
  message?: string;
  code?: string;
  /** From PostgreSQL errors: the table and the constraint involved. */
  table?: string;
  constraint?: string;
  stack?: string;
  cause?: LoggableError;
}

/** The SQLSTATE classes whose messages quote data: 22 (data exceptions) and 23 (constraint violations). */
const QUOTES_DATA = /^2[23]...$/;

const MAX_CAUSES = 5;

/**
 * Reduces an error to what may be logged: only these fields, because database errors carry statements, parameters and
 * rows with email addresses and hashes.
 */
export function loggableError(error: unknown, depth = 0): LoggableError {
  // Checks properties, not `instanceof`: an error may come from another realm or another copy of a package.
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

/** Removes the first lines of a stack, which repeat the message. */
function framesOf(stack: string): string {
  const frames = stack.split('\n').filter((line) => /^ {4}at /.test(line));
  return frames.map((line) => line.trim()).join('\n');
}
