import { nearest } from '../errors/nearest.js';
import { OptionChecker } from '../options/option-checker.js';
import { AuthOptionsError } from '../options/options-error.js';
import { OPTION_NAMES } from '../options/resolve-options.js';
import type { AuthModuleParts } from './auth-module-parts.js';
import { PART_NAMES } from './auth.module-definition.js';

const CLASSES = [
  'userStore',
  'sessionStore',
  'passwordHasher',
  'revocationList',
  'accessJwtStrategy',
] as const satisfies (keyof AuthModuleParts)[];

/** The properties from which Nest's `forRootAsync` gets the options, and the others that it reads. */
const SOURCES = ['useFactory', 'useClass', 'useExisting'];
const ASYNC_NAMES = [...SOURCES, 'imports', 'inject', 'provideInjectionTokensFrom'];

/**
 * Checks the parts when they are passed. Nest reads them before it instantiates anything, and its own errors do not
 * explain what is wrong. The options are checked at startup.
 * @throws AuthOptionsError
 */
export function checkParts(parts: AuthModuleParts): void {
  const check = new OptionChecker();
  judgeParts(parts, check);
  if (check.problems.length > 0) throw new AuthOptionsError(check.problems);
}

/** @throws AuthOptionsError */
export function checkAsyncCall(call: AuthModuleParts & object): void {
  const check = new OptionChecker();
  const names = Object.entries(call).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (!names.some((name) => SOURCES.includes(name)))
    check.fail(
      'useFactory',
      'is missing: write AuthModule.forRootAsync({ inject: […], useFactory: (…) => ({ jwt: { … } }) }), ' +
        'or pass useClass or useExisting',
    );
  const known = [...ASYNC_NAMES, ...PART_NAMES];
  for (const name of names.filter((each) => !known.includes(each))) {
    const meant = nearest(name, known);
    if (OPTION_NAMES.includes(name)) check.fail(name, 'belongs in what useFactory returns');
    else
      check.fail(
        name,
        `is unknown: ${meant ? `did you mean ${meant}?` : `expected one of ${known.join(', ')}`}`,
      );
  }
  judgeParts(call, check);
  if (check.problems.length > 0) throw new AuthOptionsError(check.problems);
}

function judgeParts(parts: AuthModuleParts, check: OptionChecker): void {
  for (const name of CLASSES) {
    const part: unknown = parts[name];
    if (part !== undefined && typeof part !== 'function')
      check.fail(name, `must be a class, which Nest instantiates: ${advice(name, part)}`);
  }
  const { controllers = [] } = parts;
  if (!Array.isArray(controllers) || !controllers.every((each) => typeof each === 'function'))
    check.fail('controllers', 'must be a list of classes, which Nest instantiates');
}

function advice(name: string, part: unknown): string {
  const type = Object(part).constructor?.name as string | undefined;
  return type && type !== 'Object'
    ? `write ${name}: ${type}, not ${name}: new ${type}()`
    : `write class Mine { … } and ${name}: Mine`;
}
