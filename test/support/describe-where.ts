interface Need {
  present: boolean;
  /** What is missing, and what to do. */
  missing: string;
  /** Which tests are skipped for that. */
  skipped: string;
}

/**
 * A `describe` where something is present; elsewhere it skips with one clear line, which is a failure in CI. It asks for
 * Jest's `describe` at each use: a module like this one serves many spec files, each of which has a `describe` of its own.
 */
export function describeWhere({ present, missing, skipped }: Need) {
  if (!present && process.env.CI === 'true') throw new Error(missing);
  if (!present) console.warn(`Skipped: ${skipped}. ${missing}`);
  const chosen = () => (present ? describe : describe.skip);
  return Object.assign((name: string, tests: () => void) => chosen()(name, tests), {
    each: <Case>(cases: readonly Case[]) => chosen().each(cases),
  });
}
