import { measure } from './load.js';
import { comparedInTurns } from './rounds.js';
import { settings } from './settings.js';
import { compared } from './stats.js';

/** A number of hashes of cost 10, not a time: those still running at the end of a time would count for nothing. */
const HASHES_A_SECOND = 32;

/** A guarded route, each connection with the token of another session. */
export const guardedRoute = (app, seconds) =>
  measure(app, {
    path: '/guarded',
    headers: (i) => ({ authorization: `Bearer ${app.accessTokens[i]}` }),
    seconds,
  });

/** Logins, which take a hash of cost 10 each. */
export const login = (app, seconds = settings.seconds) =>
  measure(app, {
    path: '/auth/login',
    method: 'POST',
    headers: () => ({ 'content-type': 'application/json' }),
    body: JSON.stringify(app.account),
    connections: 8,
    amount: settings.smoke ? 8 : Math.ceil(HASHES_A_SECOND * seconds),
    sampleInt: 10, // autocannon ends with one of its samples
  });

/**
 * Compares two apps that answer the same requests.
 * @param names what each app is, in words
 * @param requests by name: `send(app, seconds)`, and `atLeast`, the least share of the second app's rate that the first has
 * @param start starts an app; its argument is whether it is the first
 */
export async function oneAgainstOther(title, names, requests, start) {
  const nameOf = (what, name) => `${what}, ${name}`;
  const contenders = names.map((name, index) => ({
    start: () => start(index === 0),
    cells: (app) =>
      Object.entries(requests).map(([what, { send }]) => ({
        name: nameOf(what, name),
        measure: (seconds) => send(app, seconds),
      })),
  }));
  const results = await comparedInTurns(title, contenders);
  const targets = Object.entries(requests).map(([what, { atLeast }]) => ({
    what: `${what}, ${names.join(' / ')}`,
    ...compared(...names.map((name) => results[nameOf(what, name)])),
    atLeast,
  }));
  return { results, targets };
}

/** Shows what a part of the module costs those who do not need it. `start` gets whether the app has the part. */
export const withAndWithout = (title, part, requests, start) =>
  oneAgainstOther(title, [`with ${part}`, `without ${part}`], requests, start);
