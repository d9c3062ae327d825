import { type Answer, errorOf, isRefusal, networkError } from './answer.js';
import type { LatchkeyError } from './client-error.js';
import { settledWithin } from './settled-within.js';

/** After this long without an answer, it may be lost: a second request is sent while the first is still pending. */
const SILENCE_MS = 3_000;
/**
 * New attempts are made for this long. For 10 s (its default leeway) the service answers a refresh token that it has
 * just replaced with the same new token. So these attempts are harmless, whichever answer got lost. Later ones are not.
 */
const RETRY_FOR_MS = 8_000;
/** Requests that are still pending then get until here. */
const GIVE_UP_MS = 30_000;
/** From 100 ms, the pause after a failure doubles up to this. */
const LONGEST_PAUSE_MS = 1_000;

/**
 * Sends a request that may safely arrive more than once, until it gets a final answer: a complete one, or a refusal by
 * the service. Retries when the network fails, when no answer comes, on 408, 429 and 5xx, and when something else
 * answers in the service's place; but not before `Retry-After` has passed.
 * @throws LatchkeyError when retrying does not help, or would take too long
 */
export async function sendUntilAnswered<A extends Answer>(
  send: (signal: AbortSignal) => Promise<A>,
  isComplete: (answer: A) => boolean,
): Promise<A> {
  const abort = new AbortController();
  const underWay = new Set<Promise<A | undefined>>();
  const began = performance.now();
  const elapsed = () => performance.now() - began;
  let failure = networkError('no answer');
  let pause = 100;
  let next = 0;
  try {
    while (elapsed() < GIVE_UP_MS) {
      if (next <= elapsed() && next < RETRY_FOR_MS) {
        attempt();
        next = elapsed() + SILENCE_MS;
      }
      const over = next >= RETRY_FOR_MS;
      if (over && !underWay.size) break;

      const answer = await settledWithin((over ? GIVE_UP_MS : next) - elapsed(), Promise.race(underWay));
      if (answer) return answer;
    }
    throw failure;
  } finally {
    // A late answer would bring back cookies that have been replaced since.
    abort.abort();
  }

  function attempt(): void {
    const request: Promise<A | undefined> = send(abort.signal)
      .then((answer) => {
        if (isComplete(answer) || isRefusal(answer)) return answer;
        throw errorOf(answer);
      })
      .catch((error: LatchkeyError) => {
        underWay.delete(request);
        failure = error;
        next = elapsed() + Math.max(pause, (error.retryAfter ?? 0) * 1_000);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        return undefined;
      });
    underWay.add(request);
  }
}
