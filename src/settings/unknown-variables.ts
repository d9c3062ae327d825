import { nearest } from '../errors/nearest.js';
import { VARIABLES } from './variables.js';

const OURS = /^(JWT|COOKIE|SESSIONS?|RATE|REVOCATION|PASSWORD|REFRESH|KEY|AUDIT|ALERT)_/;

/** Desktops set the first one, the password manager `pass` the others. */
const OF_OTHERS = /^(SESSION_MANAGER$|PASSWORD_STORE_)/;

/** A line for each variable that looks like ours and does nothing, whether misspelled or another program's. Never a value. */
export function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known = VARIABLES.map(({ name }) => name);
  const unknown = Object.keys(env).filter(
    (name) => OURS.test(name) && !OF_OTHERS.test(name) && !known.includes(name),
  );
  return unknown.map((name) => {
    const meant = nearest(name, known);
    return `${name} is unknown and does nothing${meant ? `: did you mean ${meant}?` : ''}`;
  });
}
