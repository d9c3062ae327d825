import { type AuthModuleOptions, AuthOptionsError, checkAuthOptions } from '../index.js';
import type { Problem } from './read-variables.js';
import { VARIABLES } from './variables.js';

/** What the module says against its options, under the names an operator knows them by. */
export function optionProblems(options: AuthModuleOptions): Problem[] {
  try {
    checkAuthOptions(options);
    return [];
  } catch (error) {
    if (!(error instanceof AuthOptionsError)) throw error;
    return error.problems.map(({ option, message }) => ({
      variable: variableOf(option),
      message: message.replaceAll(/\b[a-z]+(\.[a-zA-Z]+)+/gi, variableOf),
    }));
  }
}

/** The variable that sets an option, or the first one that sets an option of a group. */
function variableOf(option: string): string {
  const setters = VARIABLES.filter((variable) => 'option' in variable);
  const setter =
    setters.find((variable) => variable.option === option) ??
    setters.find((variable) => variable.option.startsWith(`${option}.`));
  return setter?.name ?? option;
}
