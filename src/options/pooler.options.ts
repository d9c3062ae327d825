import { databaseUrlProblem } from '../database/database-url.js';
import type { PoolerMode } from '../database/pooling.js';
import { flag, group, oneOf, type Rule, type Rules } from './rules.js';

/** A connection pooler, such as PgBouncer, between the app and PostgreSQL. */
export interface PoolerOptions {
  /**
   * When the pooler gives a server to another connection: after each `transaction`, or only when the `session` ends.
   * PgBouncer calls it `pool_mode`. Statement mode is not supported.
   */
  mode: PoolerMode;
  /**
   * The URL of PostgreSQL itself, past the pooler, with the same database: notifications of revocations and of changed
   * keys come over it. Default: none; in transaction mode, revocations of other instances are then read once a second,
   * and changes of keys every ten seconds.
   */
  directUrl?: string;
  /**
   * Whether the pooler supports named prepared statements in transaction mode, as PgBouncer 1.21 does with
   * `max_prepared_statements`. Default: `false` in transaction mode; in session mode, it makes no difference.
   */
  preparedStatements?: boolean;
}

const directUrl: Rule<string, (() => string) | undefined> = (check, option, given) => {
  if (given === undefined) return undefined;
  const problem = databaseUrlProblem(String(given));
  if (problem) check.fail(option, problem);
  return () => given;
};

const RULES = {
  mode: oneOf<PoolerMode>('session', ['session', 'transaction']),
  directUrl,
  preparedStatements: flag(false),
} satisfies Rules<PoolerOptions>;

const whole = group(RULES, (resolved, check, option, given) => {
  if (given.mode === undefined)
    check.fail(`${option}.mode`, 'is missing: write transaction or session, as its pool_mode says');
  return { ...resolved, preparedStatements: resolved.mode === 'session' || resolved.preparedStatements };
});

const resolve: Rule<PoolerMode | PoolerOptions, ReturnType<typeof whole> | undefined> = (
  check,
  option,
  given,
) => {
  if (given === undefined) return undefined;
  return whole(check, option, typeof given === 'string' ? { mode: given } : given);
};

export const pooler = Object.assign(resolve, { rules: RULES });
