/** Says why the service does not run and what to do, without a stack where the reason is known; exit code 1. */
export function reportFailedStart(error: unknown): never {
  console.error(`\n${explainFailedStart(error)}\n`);
  process.exit(1);
}

const ADVICE: Record<string, string> = {
  ECONNREFUSED: 'The database does not answer: check DATABASE_URL and that PostgreSQL runs.',
  ENOTFOUND: 'The database host of DATABASE_URL is unknown.',
  '28P01': 'PostgreSQL refuses the user or password of DATABASE_URL.',
  '3D000': 'The database named by DATABASE_URL does not exist: create it first.',
};

export function explainFailedStart(error: unknown): string {
  const { code, message, stack, name, severity } = error as Error & { code?: string; severity?: string };
  const refused = severity === 'FATAL' ? 'PostgreSQL refuses the connection: check DATABASE_URL.' : undefined;
  const advice = (code && ADVICE[code]) || refused;
  if (advice) return `${message || code}\n${advice}`;
  return ['ConfigurationError', 'Error'].includes(name) ? message : (stack ?? String(error));
}
