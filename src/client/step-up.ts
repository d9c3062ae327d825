import { type Answer, askWith, errorOf, readAnswer, userIn } from './answer.js';
import { type CallOptions, withinOptions } from './call-options.js';
import type { LatchkeyClient } from './client-types.js';
import type { FactorProof } from './factor-proof.js';
import { tabLocks } from './tab-locks.js';

/** What an action requires of the user's last authentication. Members are missing where the service does not say them. */
export interface NeededAuthentication {
  /** How strong, such as `['pwd']`; `['mfa']` needs a second factor, `['phr']` a passkey. */
  acrValues?: string[];
  /** How long ago at most, in seconds. */
  maxAge?: number;
}

/** What a user steps up with: the password, a second factor, or a passkey. */
export type StepUpProof = { password: string } | FactorProof;

/** Asks the user to step up. `undefined`: the user does not want to. */
export type AskToStepUp = (
  needed: NeededAuthentication,
) => Promise<StepUpProof | undefined> | StepUpProof | undefined;

type Client = Pick<LatchkeyClient, 'fetch' | 'refresh'>;

/** The refresh gets an access token that says so, also for the other tabs. */
export function stepUp(client: Client, proof: StepUpProof, options?: CallOptions): Promise<void> {
  return withinOptions(async (signal) => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(proof), signal };
    userIn(await askWith(client.fetch, 'auth/step-up', init));
    await client.refresh({ signal });
  }, options);
}

/** Whether the request is worth repeating: the user has stepped up here, or in another tab meanwhile; or gave up. */
type Ending = 'here' | 'elsewhere' | undefined;

interface Question {
  ending: Promise<Ending>;
  /** How many requests wait for it. */
  waiting: number;
}

/**
 * The client with a `fetch` that asks the user when the service answers `STEP_UP_REQUIRED`, steps up, and repeats the
 * request once. All tabs together ask one question at a time. Requests that need the same share it, and after a step-up in
 * another tab, those that waited are repeated without asking. If the user gives up, `fetch` returns the answer; if the proof
 * is wrong, it throws a `LatchkeyError` with `INVALID_CREDENTIALS`, `INVALID_CODE` or `PASSKEY_REJECTED`.
 */
export function withStepUp<C extends Client>(client: C, onStepUp: AskToStepUp): C {
  const { exclusively, announce, newest } = tabLocks('latchkey step-up');
  const questions = new Map<string, Question>();
  let steppedUpAt = 0;

  async function fetchAsking(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
    const isRequest = input instanceof Request;
    const signal = init?.signal ?? (isRequest ? input.signal : undefined);
    for (;;) {
      const sent = Date.now();
      const response = await client.fetch(isRequest ? input.clone() : input, init);
      const needed = await neededBy(response);
      const ending = needed && (await endingOf(needed, sent, signal));
      if (!ending) return response;
      if (ending === 'here') return client.fetch(input, init);
      await client.refresh({ signal }); // the news of the other tab may still be on their way
    }
  }

  async function endingOf(needed: NeededAuthentication, since: number, signal?: AbortSignal | null) {
    const key = JSON.stringify(needed);
    const known = questions.get(key);
    if (known) known.waiting += 1;
    const question = known ?? begin(key, needed, since);
    try {
      return await withinOptions(() => question.ending, { signal });
    } finally {
      question.waiting -= 1;
    }
  }

  function begin(key: string, needed: NeededAuthentication, since: number): Question {
    const question: Question = { waiting: 1, ending: Promise.resolve(undefined) };
    questions.set(key, question);
    const asked = exclusively(() => ask(needed, since, question));
    question.ending = asked.finally(() => questions.delete(key));
    return question;
  }

  async function ask(needed: NeededAuthentication, since: number, question: Question): Promise<Ending> {
    if (!question.waiting) return undefined;
    if (Math.max(steppedUpAt, await newest()) > since) return 'elsewhere';
    const proof = await onStepUp(needed);
    if (!proof) return undefined;
    await stepUp(client, proof);
    steppedUpAt = Date.now();
    await announce(steppedUpAt);
    return 'here';
  }

  return { ...client, fetch: fetchAsking as typeof fetch };
}

/** From the body: pages of another origin may not be allowed to read the challenge. */
async function neededBy(response: Response): Promise<NeededAuthentication | undefined> {
  if (response.status !== 401) return undefined;
  const answer: Answer | undefined = await readAnswer(response.clone()).catch(() => undefined);
  if (!answer || errorOf(answer).code !== 'STEP_UP_REQUIRED') return undefined;
  const say = (name: string) => errorOf(answer).details?.find(({ field }) => field === name)?.message;
  const [acrValues, maxAge] = [say('acr_values'), Number(say('max_age'))];
  return { ...(acrValues && { acrValues: acrValues.split(' ') }), ...(maxAge && { maxAge }) };
}
