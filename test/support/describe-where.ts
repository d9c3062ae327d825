interface Need {
  present: boolean;
  /** What is missing, and how to fix it. */
  missing: string;
  /** Which tests are skipped because of it. */
  skipped: string;
}

/**
 * A `describe` that runs where something is present. Elsewhere it skips with one clear message, which is a
 * failure in CI. It looks up Jest's `describe` on each use, because a module like this one serves many spec
 * files and each of them has a separate `describe`.
 */
export function describeWhere({ present, missing, skipped }: Need) {
  if (!present && process.env.CI === 'true') throw new Error(missing);
  if (!present) console.warn(`Skipped: ${skipped}. ${missing}`);
  const chosen = () => (present ? describe : describe.skip);
  return Object.assign((name: string, tests: () => void) => chosen()(name, tests), {
    each: <Case>(cases: readonly Case[]) => chosen().each(cases),
  });
}
