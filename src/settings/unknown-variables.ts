import { nearest } from '../errors/nearest.js';
import { VARIABLES } from './variables.js';

const OURS = /^(JWT|COOKIE|SESSIONS?|RATE|REVOCATION|PASSWORD|REFRESH|KEY|AUDIT|ALERT)_/;

/** Set by desktop environments and by the password manager `pass`. */
const OF_OTHERS = /^(SESSION_MANAGER$|PASSWORD_STORE_)/;

/**
 * Returns a warning for each variable that looks like one of ours but is unknown: a typo, or another program's
 * variable. Never contains the value.
 */
export function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known = VARIABLES.flatMap(({ name }) => [name, `${name}_FILE`]);
  const unknown = Object.keys(env).filter(
    (name) => OURS.test(name) && !OF_OTHERS.test(name) && !known.includes(name),
  );
  return unknown.map((name) => {
    const meant = nearest(name, known);
    return `${name} is unknown and does nothing${meant ? `: did you mean ${meant}?` : ''}`;
  });
}
