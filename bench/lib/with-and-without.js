import { measure } from './load.js';
import { comparedInTurns } from './rounds.js';
import { compared } from './stats.js';

/** A guarded route, each connection with the token of another session. */
export const guardedRoute = (app, seconds) =>
  measure(app, {
    path: '/guarded',
    headers: (i) => ({ authorization: `Bearer ${app.accessTokens[i]}` }),
    seconds,
  });

/**
 * Shows what a part of the module costs those who do not need it: an app that has it against the same app without.
 * @param part what one app has, in words
 * @param requests by name: `send(app, seconds)`, and `atLeast`, the least share that must be left
 * @param start starts the app; its argument is whether it has the part
 */
export async function withAndWithout(title, part, requests, start) {
  const nameOf = (what, has) => `${what}, ${has ? 'with' : 'without'} ${part}`;
  const contenders = [true, false].map((has) => ({
    start: () => start(has),
    cells: (app) =>
      Object.entries(requests).map(([what, { send }]) => ({
        name: nameOf(what, has),
        measure: (seconds) => send(app, seconds),
      })),
  }));
  const results = await comparedInTurns(title, contenders);
  const targets = Object.entries(requests).map(([what, { atLeast }]) => ({
    what: `${what}, with ${part} / without`,
    ...compared(results[nameOf(what, true)], results[nameOf(what, false)]),
    atLeast,
  }));
  return { results, targets };
}
