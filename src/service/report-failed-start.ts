/**
 * Prints why the service cannot start and how to fix it, without a stack trace if the cause is known. Exits with code
 * 1.
 */
export function reportFailedStart(error: unknown): never {
  console.error(`\n${explainFailedStart(error)}\n`);
  process.exit(1);
}

const ADVICE: Record<string, string> = {
  ECONNREFUSED: 'The database does not answer: check DATABASE_URL, and that PostgreSQL is running.',
  ENOTFOUND: 'The host in DATABASE_URL is unknown.',
  '28P01': 'PostgreSQL rejects the user or password in DATABASE_URL.',
  '3D000': 'The database in DATABASE_URL does not exist: create it first.',
};

export function explainFailedStart(error: unknown): string {
  const { code, message, stack, name, severity } = error as Error & { code?: string; severity?: string };
  const refused = severity === 'FATAL' ? 'PostgreSQL rejects the connection: check DATABASE_URL.' : undefined;
  const advice = (code && ADVICE[code]) || refused;
  if (advice) return `${message || code}\n${advice}`;
  return ['ConfigurationError', 'Error'].includes(name) ? message : (stack ?? String(error));
}
