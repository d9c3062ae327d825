import type { Duration } from './duration.js';
import { OptionChecker } from './option-checker.js';

/** Checks one option and resolves its value. `undefined` means the default. */
export interface Rule<Given, Resolved> {
  (check: OptionChecker, option: string, given: Given | undefined): Resolved;
  /** If the option is a group, the rules of its options. */
  readonly rules?: RuleTable;
}

export type RuleTable = Readonly<Record<string, Rule<never, unknown>>>;

/** One rule for each option of a group. A missing rule is a compile error. */
export type Rules<Options> = {
  readonly [Name in keyof Options]-?: Rule<Exclude<Options[Name], undefined>, unknown>;
};

type GivenTo<R> = { [Name in keyof R]?: R[Name] extends Rule<infer Given, unknown> ? Given : never };
type ResolvedBy<R> = { [Name in keyof R]: R[Name] extends Rule<never, infer Resolved> ? Resolved : never };

/**
 * A group of options.
 * @param finish checks options that depend on each other, and gives the result its shape
 */
export function group<R extends RuleTable, Finished = ResolvedBy<R>>(
  rules: R,
  finish?: (resolved: ResolvedBy<R>, check: OptionChecker, option: string, given: GivenTo<R>) => Finished,
): Rule<GivenTo<R>, Finished> {
  const resolve = (check: OptionChecker, option: string, given: GivenTo<R> = {}): Finished => {
    const isObject = check.isGroup(option, given, Object.keys(rules));
    const options = (isObject ? given : {}) as GivenTo<R>;
    // If the group is not an object, its options are not reported as missing as well.
    const checkInside = isObject ? check : new OptionChecker();
    const resolved = Object.entries(rules).map(([name, rule]) => {
      const path = option === '' ? name : `${option}.${name}`;
      return [name, rule(checkInside, path, (options[name] ?? undefined) as undefined)];
    });
    const result = Object.fromEntries(resolved) as ResolvedBy<R>;
    return finish ? finish(result, checkInside, option, options) : (result as Finished);
  };
  return Object.assign(resolve, { rules });
}

/** A group that resolves to `undefined` if it is not given. */
export function optional<Given, Resolved>(rule: Rule<Given, Resolved>): Rule<Given, Resolved | undefined> {
  const resolve: Rule<Given, Resolved | undefined> = (check, option, given) =>
    given === undefined ? undefined : rule(check, option, given);
  return Object.assign(resolve, { rules: rule.rules });
}

/** A group that `false` disables. */
export function switchable<Given, Resolved extends object>(
  rule: Rule<Given, Resolved>,
): Rule<Given | boolean, Resolved & { enabled: boolean }> {
  const resolve: Rule<Given | boolean, Resolved & { enabled: boolean }> = (check, option, given) => {
    const names = Object.keys(rule.rules ?? {});
    const isGroup =
      typeof given !== 'boolean' && check.isGroup(option, given ?? {}, names, 'false or an object');
    return { ...rule(check, option, isGroup ? given : undefined), enabled: given !== false };
  };
  return Object.assign(resolve, { rules: rule.rules });
}

/** Not checked here, but when its group is complete, together with the options that depend on it. */
export function asGiven<Given>(rules?: RuleTable): Rule<Given, Given | undefined> {
  const resolve: Rule<Given, Given | undefined> = (_check, _option, given) => given;
  return Object.assign(resolve, { rules });
}

/** Without a fallback the option is required. */
export const duration =
  (fallback: Duration | undefined, range: { min?: number; max?: number }): Rule<Duration, number> =>
  (check, option, given = fallback) =>
    check.duration(option, given, range);

/** Without a fallback the option is required. */
export const integer =
  (fallback: number | undefined, min: number, max: number): Rule<number, number> =>
  (check, option, given = fallback) =>
    check.integer(option, given, min, max);

export const flag =
  (fallback: boolean): Rule<boolean, boolean> =>
  (check, option, given = fallback) =>
    check.flag(option, given);

export const text =
  (fallback: string): Rule<string, string> =>
  (check, option, given = fallback) =>
    check.text(option, given);

export const oneOf =
  <Name extends string>(fallback: NoInfer<Name>, allowed: readonly Name[]): Rule<Name, Name> =>
  (check, option, given = fallback) =>
    check.oneOf(option, given, allowed);

export const url =
  (protocols: readonly string[]): Rule<string, string> =>
  (check, option, given) =>
    check.url(option, given, protocols);

/** An optional function provided by the host app. */
export function hook<Hook extends (...args: never[]) => unknown>(
  check: OptionChecker,
  option: string,
  given: Hook | undefined,
) {
  return check.hook(option, given);
}
