import { type Answer, askWith, errorOf, readAnswer, userIn } from './answer.js';
import { type CallOptions, withinOptions } from './call-options.js';
import type { LatchkeyClient } from './client-types.js';

/** What an action requires of the user's last authentication. Members are missing where the service does not say them. */
export interface NeededAuthentication {
  /** How strong, such as `['pwd']`. */
  acrValues?: string[];
  /** How long ago at most, in seconds. */
  maxAge?: number;
}

/** Asks the user for the password. `undefined`: the user does not want to. */
export type AskPassword = (needed: NeededAuthentication) => Promise<{ password: string } | undefined>;

type Client = Pick<LatchkeyClient, 'fetch' | 'refresh'>;

/** The refresh gets an access token that says so, also for the other tabs. */
export function stepUp(
  client: Client,
  { password }: { password: string },
  options?: CallOptions,
): Promise<void> {
  return withinOptions(async (signal) => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify({ password }), signal };
    userIn(await askWith(client.fetch, 'auth/step-up', init));
    await client.refresh({ signal });
  }, options);
}

/**
 * The client with a `fetch` that asks for the password when the service answers `STEP_UP_REQUIRED`, steps up, and
 * repeats the request once. Requests at the same time share one question. If the user gives up, `fetch` returns the
 * answer; if the password is wrong, it throws a `LatchkeyError` with `INVALID_CREDENTIALS`.
 */
export function withStepUp<C extends Client>(client: C, onStepUp: AskPassword): C {
  let asking: Promise<boolean> | undefined;

  async function ask(needed: NeededAuthentication): Promise<boolean> {
    const given = await onStepUp(needed);
    if (given) await stepUp(client, given);
    return given !== undefined;
  }

  async function fetchAsking(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
    const isRequest = input instanceof Request;
    const again = isRequest ? input.clone() : input;
    const response = await client.fetch(input, init);
    if (response.status !== 401) return response;
    const answer = await readAnswer(response.clone()).catch(() => undefined);
    if (!answer || errorOf(answer).code !== 'STEP_UP_REQUIRED') return response;
    asking ??= ask(neededIn(answer)).finally(() => (asking = undefined));
    const signal = init?.signal ?? (isRequest ? input.signal : undefined);
    const shared = asking;
    return (await withinOptions(() => shared, { signal })) ? client.fetch(again, init) : response;
  }

  return { ...client, fetch: fetchAsking as typeof fetch };
}

/** From the body: pages of another origin may not be allowed to read the challenge. */
function neededIn(answer: Answer): NeededAuthentication {
  const say = (name: string) => errorOf(answer).details?.find(({ field }) => field === name)?.message;
  const [acrValues, maxAge] = [say('acr_values'), Number(say('max_age'))];
  return { ...(acrValues && { acrValues: acrValues.split(' ') }), ...(maxAge && { maxAge }) };
}
