import { databaseUrlProblem, parameterOfSession } from '../database/database-url.js';
import type { Pooling } from '../database/pooling.js';
import { schemaNameProblem } from '../database/schema-name.js';
import type { OptionChecker } from './option-checker.js';
import { flag, group, integer, optional, type Rule, type Rules } from './rules.js';

/** @inline */
export interface DatabaseOptions {
  /** The URL of PostgreSQL: `postgres://user:password@host:5432/database`, with parameters such as `sslmode`. */
  url: string;
  /**
   * The schema of Latchkey's tables. It is created if it does not exist, so that the tables are apart from yours. At
   * most 63 bytes. Default `latchkey`.
   */
  schema?: string;
  /** The number of connections that requests share. One more receives notifications. From 1 to 1,000. Default 5. */
  poolSize?: number;
  /**
   * Whether the migrations run at startup. `false`: run `latchkey migrate` with `DATABASE_URL` and `DATABASE_SCHEMA`
   * before the app starts. Default `true`.
   */
  migrate?: boolean;
}

/** The URL is behind a function, because it contains a password and options are printed. */
export interface OwnDatabase extends Required<Omit<DatabaseOptions, 'url'>> {
  url: () => string;
}

const postgresUrl: Rule<string, string> = (check, option, given) => {
  const problem =
    typeof given === 'string' && given !== ''
      ? databaseUrlProblem(given)
      : 'is missing: postgres://user:password@host:5432/database';
  if (problem) check.fail(option, problem);
  return given ?? '';
};

const schemaName: Rule<string, string> = (check, option, given = 'latchkey') => {
  const problem = typeof given === 'string' ? schemaNameProblem(given) : 'must be the name of a schema';
  if (problem) check.fail(option, problem);
  return given;
};

const RULES = {
  url: postgresUrl,
  schema: schemaName,
  poolSize: integer(5, 1, 1_000),
  migrate: flag(true),
} satisfies Rules<DatabaseOptions>;

export const database = optional(
  group(RULES, ({ url, ...rest }): OwnDatabase => ({ ...rest, url: () => url })),
);

/** What the two options say together. */
export function refuseSessionParameter(
  { database: own, pooler }: { database?: OwnDatabase | undefined; pooler?: Pooling | undefined },
  check: OptionChecker,
): void {
  const parameter = pooler?.mode === 'transaction' && parameterOfSession(own?.url());
  if (!parameter) return;
  const message = `must not set ${parameter}, which a pooler refuses: run ALTER ROLE … SET ${parameter} = … instead`;
  check.fail('database.url', message);
}
