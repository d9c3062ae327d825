import { nearest } from '../errors/nearest.js';
import { OptionChecker } from '../options/option-checker.js';
import { AuthOptionsError } from '../options/options-error.js';
import { OPTION_NAMES } from '../options/resolve-options.js';
import { judgeEndpoints } from './routes/endpoint-plan.js';
import type { AuthModuleParts } from './auth-module-parts.js';
import { TypeOrmUserStore } from '../users/typeorm-user.store.js';
import { InMemoryUserStore } from '../users/in-memory-user.store.js';
import { PART_NAMES } from './auth.module-definition.js';
import { isUserClass } from './schema.js';
import { ONE_DATABASE } from './own-tables.js';

const CLASSES = [
  'userStore',
  'sessionStore',
  'passwordHasher',
  'revocationList',
  'accountMails',
  'accountRecords',
  'accessJwtStrategy',
] as const satisfies (keyof AuthModuleParts)[];

/** The properties from which Nest's `forRootAsync` gets the options, and the others that it reads. */
const SOURCES = ['useFactory', 'useClass', 'useExisting'];
const ASYNC_NAMES = [...SOURCES, 'imports', 'inject', 'provideInjectionTokensFrom'];
const KNOWN_NAMES = [...new Set([...ASYNC_NAMES, ...PART_NAMES])];

const ASYNC_CALL = 'forRootAsync({ inject: […], useFactory: (…) => ({ jwt: { … } }) })';

/**
 * Checks the parts when they are passed. Nest reads them before it instantiates anything, and its own errors do not
 * explain what is wrong. The options are checked at startup.
 * @throws AuthOptionsError
 */
export function checkRootCall(call: unknown): void {
  judge((check) => {
    if (!isObject(call)) return check.fail('options', 'must be an object: write forRoot({ jwt: { … } })');
    const source = SOURCES.find((name) => call[name] !== undefined);
    if (source)
      return check.fail(source, 'is for forRootAsync: write AuthModule.forRootAsync({ … }), not forRoot');
    judgeParts(call, check);
    if (call.database !== undefined && typeof call.dataSource === 'string')
      check.fail('dataSource', ONE_DATABASE);
  });
}

/** @throws AuthOptionsError */
export function checkAsyncCall(call: unknown): void {
  judge((check) => {
    if (!isObject(call)) return check.fail('options', `must be an object: write ${ASYNC_CALL}`);
    const names = Object.keys(call).filter((name) => call[name] !== undefined);
    if (!names.some((name) => SOURCES.includes(name)))
      check.fail('useFactory', `is missing: write AuthModule.${ASYNC_CALL}, or pass useClass or useExisting`);
    judgeSources(call, check);
    for (const name of names.filter((each) => !KNOWN_NAMES.includes(each))) {
      const meant = nearest(name, KNOWN_NAMES);
      const hint = meant ? `did you mean ${meant}?` : `expected one of ${KNOWN_NAMES.join(', ')}`;
      if (OPTION_NAMES.includes(name)) check.fail(name, 'belongs in what useFactory returns');
      else check.fail(name, `is unknown: ${hint}`);
    }
    judgeParts(call, check);
  });
}

type Call = Readonly<Record<string, unknown>>;

function judge(find: (check: OptionChecker) => void): void {
  const check = new OptionChecker();
  find(check);
  if (check.problems.length > 0) throw new AuthOptionsError(check.problems);
}

function judgeSources({ useFactory, useClass, inject }: Call, check: OptionChecker): void {
  if (useFactory !== undefined && typeof useFactory !== 'function')
    check.fail('useFactory', 'must be a function: write useFactory: (…) => ({ jwt: { … } })');
  if (useClass !== undefined && !isClass(useClass))
    check.fail(
      'useClass',
      'must be a class: write class Mine { create() { return { jwt: { … } }; } } and useClass: Mine',
    );
  if (inject !== undefined && !Array.isArray(inject))
    check.fail('inject', `must be a list: write inject: [${nameOf(inject, 'Config')}]`);
}

function judgeParts(parts: Call, check: OptionChecker): void {
  for (const name of CLASSES) {
    const part = parts[name];
    if (part !== undefined && !isClass(part))
      check.fail(name, `must be a class, which Nest instantiates: ${advice(name, part)}`);
  }
  const { imports, controllers = [], dataSource, isGlobal } = parts;
  judgeEntity(parts, check);
  if (!Array.isArray(imports ?? []))
    check.fail('imports', `must be a list of modules: write imports: [${nameOf(imports, 'MyModule')}]`);
  if (!Array.isArray(controllers) || !controllers.every(isClass))
    check.fail(
      'controllers',
      `must be a list of classes, which Nest instantiates: write controllers: [${nameOf(controllers, 'MyController')}]`,
    );
  if (dataSource !== undefined && typeof dataSource !== 'string')
    check.fail(
      'dataSource',
      "must be the name of a TypeORM data source: write dataSource: 'name', or omit it for the default one",
    );
  judgeEndpoints(parts, check);
  if (isGlobal !== undefined && typeof isGlobal !== 'boolean')
    check.fail('isGlobal', 'must be true or false: write isGlobal: false, or omit it for true');
}

function judgeEntity({ userEntity, userStore }: Call, check: OptionChecker): void {
  if (userEntity === undefined) return;
  if (!isUserClass(userEntity))
    check.fail(
      'userEntity',
      `must be a class that extends User: write @Entity('users') class ${nameOf(userEntity, 'Customer')} extends User { … }`,
    );
  else if (!takesEntity(userStore))
    check.fail(
      'userEntity',
      'is for the built-in user store: omit it, because your userStore has its own table',
    );
}

/** The store of tests takes the place of the built-in one. */
function takesEntity(userStore: unknown): boolean {
  const stores = [TypeOrmUserStore, InMemoryUserStore];
  return (
    userStore == null ||
    stores.some((ours) => userStore === ours || Object(userStore).prototype instanceof ours)
  );
}

function isObject(value: unknown): value is Call {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Arrow functions and methods have no prototype and cannot be instantiated. */
function isClass(value: unknown): value is new () => object {
  return typeof value === 'function' && Boolean(value.prototype);
}

/** The name of a class, to show how to write it, or an example. */
function nameOf(value: unknown, example: string): string {
  return (isClass(value) && value.name) || example;
}

function advice(name: string, part: unknown): string {
  if (typeof part === 'function') return `write class Mine { … } and ${name}: Mine, not a function`;
  const type = Object(part).constructor?.name as string | undefined;
  return type && type !== 'Object'
    ? `write ${name}: ${type}, not ${name}: new ${type}()`
    : `write class Mine { … } and ${name}: Mine`;
}
