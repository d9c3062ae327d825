import type { RecordsInside } from '../actions/account-records.js';

/** Removes everything that second factors keep about a user. */
export type ForgetFactors = (userId: string, inside?: RecordsInside) => Promise<unknown>;

/** @param places where something is kept; `undefined` if there are none */
export function forgettingFactors(places: readonly ForgetFactors[]): ForgetFactors | undefined {
  if (places.length === 0) return undefined;
  return async (userId, inside) => {
    for (const forget of places) await forget(userId, inside);
  };
}
