import type { AuthModuleOptions } from '../index.js';
import type { Parser } from './parsers.js';
import type { ServiceSettings } from './service-settings.js';

type Value = string | number | boolean | readonly unknown[] | ((...args: never[]) => unknown);
type Given<T> = Exclude<T, undefined>;

/** `jwt.accessTtl` and its like: every option of the module, and every group of them. */
type OptionPath<Options, Prefix extends string = ''> = {
  [Name in keyof Options & string]-?:
    | `${Prefix}${Name}`
    | (Given<Options[Name]> extends Value
        ? never
        : OptionPath<Exclude<Given<Options[Name]>, Value>, `${Prefix}${Name}.`>);
}[keyof Options & string];

type OptionAt<Options, Path> = Path extends `${infer Name}.${infer Rest}`
  ? Name extends keyof Options
    ? OptionAt<Exclude<Given<Options[Name]>, Value>, Rest>
    : never
  : Path extends keyof Options
    ? Given<Options[Path]>
    : never;

interface Row {
  name: string;
  /** For operators, in Markdown; a sentence without its period. */
  meaning: string;
  /** As it would be written. Without one a variable that is not set sets nothing. */
  default?: string;
  /** Where it differs in development. */
  developmentDefault?: string;
  /** In place of a default that cannot be written as one, for the documentation. */
  defaultNote?: string;
  /** The variable without which this one does nothing. */
  onlyWith?: string;
}

/** A variable that sets an option of the module. The module judges its value; here it is only read. */
type OptionVariable = {
  [Path in OptionPath<AuthModuleOptions>]: Row & {
    option: Path;
    parse: Parser<OptionAt<AuthModuleOptions, Path>>;
  };
}[OptionPath<AuthModuleOptions>];

/** A variable of the service, whose parser judges its value. */
type SettingVariable = {
  [Name in keyof ServiceSettings]: Row & { setting: Name; parse: Parser<Given<ServiceSettings[Name]>> };
}[keyof ServiceSettings];

/** `NODE_ENV`, which decides defaults of others and is read before them. */
type ModeVariable = Row & { name: 'NODE_ENV' };

export type Variable = OptionVariable | SettingVariable | ModeVariable;
