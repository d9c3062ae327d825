import { type Answer, askWith, errorOf, isAccepted } from './answer.js';
import { type CallOptions, withinOptions } from './call-options.js';
import type { LatchkeyClient } from './client-types.js';

/** The requests of the calls in `latchkey/account`: with the session, for as long as the caller waits. Failures are `LatchkeyError`s. */
export function requestsOf(client: Pick<LatchkeyClient, 'fetch'>) {
  return { ask, act, list, send };

  /** For an object that has these members: a proxy may answer with something else. */
  async function ask<T>(
    [method, path, options, body]: Parameters<typeof send>,
    ...members: (keyof T & string)[]
  ): Promise<T> {
    const answer = await send(method, path, options, body);
    const fits = isObject(answer.body) && members.every((name) => Object.hasOwn(answer.body, name));
    if (answer.response.ok && fits) return answer.body as T;
    throw errorOf(answer);
  }

  async function list<T>(path: string, options?: CallOptions): Promise<T[]> {
    const answer = await send('GET', path, options);
    if (answer.response.ok && Array.isArray(answer.body)) return answer.body as T[];
    throw errorOf(answer);
  }

  /** For something that is done when it returns, or will be. */
  async function act(...call: Parameters<typeof send>): Promise<void> {
    const answer = await send(...call);
    if (!isAccepted(answer)) throw errorOf(answer);
  }

  function send(method: string, path: string, options?: CallOptions, body?: object): Promise<Answer> {
    const content = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const init = { method, ...content };
    return withinOptions((signal) => askWith(client.fetch, path, { ...init, signal }), options);
  }
}

/** The id as a part of a path. @throws TypeError for what would be another path in a URL, such as that of the whole list */
export function inPath(id: string, call: string): string {
  if (['', '.', '..'].includes(id)) throw new TypeError(`${call} needs an id.`);
  return encodeURIComponent(id);
}

function isObject(body: unknown): boolean {
  return typeof body === 'object' && body !== null;
}
