/** Says why the service does not run and what to do, without a stack where the reason is known; exit code 1. */
export function reportFailedStart(error: unknown): never {
  console.error(`\n${explainFailedStart(error)}\n`);
  process.exit(1);
}

const ADVICE: Record<string, string> = {
  EADDRINUSE: 'Another program listens on that port: stop it, or choose another with PORT=3001.',
  EACCES:
    'The port or a file may not be used by this user: choose a port above 1023 with PORT, or mend the permissions.',
  ECONNREFUSED: 'The database does not answer: check DATABASE_URL and that PostgreSQL runs.',
  ENOTFOUND: 'The database host of DATABASE_URL is unknown.',
  '28P01': 'PostgreSQL refuses the user or password of DATABASE_URL.',
  '3D000': 'The database named by DATABASE_URL does not exist: create it first.',
};

export function explainFailedStart(error: unknown): string {
  const { code, message, stack, name } = error as Error & { code?: string };
  const advice = code && ADVICE[code];
  if (advice) return `${message || code}\n${advice}`;
  return ['ConfigurationError', 'Error'].includes(name) ? message : (stack ?? String(error));
}
