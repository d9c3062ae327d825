import type { AuthModuleOptions } from '../index.js';
import { completeReceivers } from './audit-receivers.js';
import type { Parser } from './parsers.js';
import type { ServiceSettings } from './service-settings.js';
import { VARIABLES } from './variables.js';

export interface Problem {
  variable: string;
  /** What is wrong and how to fix it. Never contains the value. */
  message: string;
}

export interface Read {
  auth: AuthModuleOptions;
  settings: ServiceSettings;
  problems: Problem[];
}

type Group = Record<string, unknown>;

/** Reads all variables in the table and collects the problems with them. */
export function readVariables(env: NodeJS.ProcessEnv, { development }: { development: boolean }): Read {
  const [auth, settings, problems]: [Group, Group, Problem[]] = [{}, {}, []];
  for (const variable of VARIABLES) {
    if (!('parse' in variable)) continue;
    const { name, onlyWith } = variable;
    if (onlyWith && textOf(env, onlyWith) === undefined) continue;
    const fallback = (development && variable.developmentDefault) || variable.default;
    const parse: Parser<unknown> = variable.parse;
    const value = parse(textOf(env, name) ?? fallback, (message) =>
      problems.push({ variable: name, message }),
    );
    if (value === undefined) continue;
    if ('setting' in variable) settings[variable.setting] = value;
    else put(auth, variable.option.split('.'), value);
  }
  const read = { auth, settings, problems } as unknown as Read;
  completeReceivers(read.auth, read.settings);
  return read;
}

/** An empty variable counts as not set. */
export function textOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** Sets an option, unless its group is disabled. */
function put(options: Group, [name = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) options[name] = value;
  else if (options[name] !== false) put((options[name] ??= {}) as Group, rest, value);
}
