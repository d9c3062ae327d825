import type { AuthModuleOptions } from '../index.js';
import type { Parser } from './parsers.js';
import type { ServiceSettings } from './service-settings.js';

type Value = string | number | boolean | readonly unknown[] | ((...args: never[]) => unknown);
type Given<T> = Exclude<T, undefined>;

/** The path of an option or of a group of options, such as `jwt.accessTtl`. */
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
  /** For operators, in Markdown: a sentence without the final period. */
  meaning: string;
  /** The default, written as in the environment. Without one, a variable that is not set has no effect. */
  default?: string;
  /** The default in development, if it differs. */
  developmentDefault?: string;
  /** Documents a default that cannot be written as a value. */
  defaultNote?: string;
  /** The variable without which this one has no effect. */
  onlyWith?: string;
}

/** A variable that sets an option of the module. It is only parsed here; the module checks its value. */
type OptionVariable = {
  [Path in OptionPath<AuthModuleOptions>]: Row & {
    option: Path;
    parse: Parser<OptionAt<AuthModuleOptions, Path>>;
  };
}[OptionPath<AuthModuleOptions>];

/** A variable that sets a setting of the service. Its parser checks the value. */
type SettingVariable = {
  [Name in keyof ServiceSettings]: Row & { setting: Name; parse: Parser<Given<ServiceSettings[Name]>> };
}[keyof ServiceSettings];

/** `NODE_ENV` determines the defaults of other variables and is read before them. */
type ModeVariable = Row & { name: 'NODE_ENV' };

export type Variable = OptionVariable | SettingVariable | ModeVariable;
