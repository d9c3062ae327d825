import { nearest } from '../errors/nearest.js';
import type { OptionChecker } from './option-checker.js';
import type { RuleTable } from './rules.js';

/** The parts of the module that are passed along with its options. */
export interface Parts {
  names: readonly string[];
  allowed: boolean;
}

/** Rejects options that do not exist, at every depth: whoever set one expects it to have an effect. */
export function refuseUnknownOptions(
  given: object,
  rules: RuleTable,
  parts: Parts,
  check: OptionChecker,
): void {
  for (const { path, siblings } of unknownIn(given, rules, '')) {
    if (!parts.names.includes(path))
      check.fail(path, `is unknown: ${hint(path, siblings, rules, parts.names)}`);
    else if (!parts.allowed) check.fail(path, misplaced(given[path as keyof typeof given]));
  }
}

interface UnknownOption {
  path: string;
  /** The options that exist at this level. */
  siblings: string[];
}

/**
 * Finds unknown own properties with a value. Inherited ones do not count, because the options may be a class instance.
 */
function unknownIn(given: object, rules: RuleTable, prefix: string): UnknownOption[] {
  return Object.entries(given).flatMap(([name, value]: [string, unknown]) => {
    const path = `${prefix}${name}`;
    if (value === undefined) return [];
    if (!Object.hasOwn(rules, name)) return [{ path, siblings: Object.keys(rules) }];
    const inside = rules[name]!.rules;
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    return inside && isGroup ? unknownIn(value, inside, `${path}.`) : [];
  });
}

function hint(path: string, siblings: string[], rules: RuleTable, partNames: readonly string[]): string {
  const at = path.lastIndexOf('.') + 1;
  const [prefix, name] = [path.slice(0, at), path.slice(at)];
  const known = prefix === '' ? [...siblings, ...partNames] : siblings;
  const meant = nearest(name, known);
  if (meant) return `did you mean ${prefix}${meant}?`;
  const group = Object.keys(rules).find((each) => Object.hasOwn(rules[each]!.rules ?? {}, name));
  return group ? `did you mean ${group}.${name}?` : `expected one of ${known.join(', ')}`;
}

function misplaced(part: unknown): string {
  const what =
    typeof part === 'function'
      ? 'is a class that Nest instantiates'
      : 'is read by Nest before useFactory runs';
  return `${what}: pass it next to useFactory, at the top level of forRootAsync`;
}
