import {
  type AuthModuleOptions,
  AuthOptionsError,
  authOptionWarnings,
  checkAuthOptions,
  type OptionWarning,
} from '../index.js';
import type { Problem } from './read-variables.js';
import { VARIABLES } from './variables.js';

/** A list, so its members have no variables of their own. */
const RECEIVERS = 'audit.receivers.';
const [RECEIVER_URL, RECEIVER_SECRET] = ['AUDIT_WEBHOOK_URL', 'AUDIT_WEBHOOK_SECRET'];

/** The problems that the module finds in its options, under the names of the environment variables. */
export function optionProblems(options: AuthModuleOptions): Problem[] {
  try {
    checkAuthOptions(options);
    return [];
  } catch (error) {
    if (!(error instanceof AuthOptionsError)) throw error;
    return error.problems.map(inVariables);
  }
}

/** What the module found when it started, under the names of the environment variables. */
export function explainOptions({ problems }: AuthOptionsError): string {
  const lines = problems.map(inVariables).map(({ variable, message }) => `  - ${variable} ${message}`);
  return ['The service cannot start:', ...lines].join('\n');
}

/** What is valid but unsafe in valid options, under the names of the environment variables. */
export function optionWarnings(options: AuthModuleOptions): (Problem & { weakSecret?: true })[] {
  return authOptionWarnings(options).map((warning) => ({ ...warning, ...inVariables(warning) }));
}

function inVariables({ option, message }: OptionWarning): Problem {
  return {
    variable: variableOf(option),
    message: message.replaceAll(/\b[a-z]+(\.[a-zA-Z]+)+/gi, variableOf),
  };
}

/** The variable that sets an option, or for a group the first one that sets any of its options. */
function variableOf(option: string): string {
  if (option.startsWith(RECEIVERS)) return option === `${RECEIVERS}secret` ? RECEIVER_SECRET : RECEIVER_URL;
  const setters = VARIABLES.filter((variable) => 'option' in variable);
  const setter =
    setters.find((variable) => variable.option === option) ??
    setters.find((variable) => variable.option.startsWith(`${option}.`));
  return setter?.name ?? option;
}
