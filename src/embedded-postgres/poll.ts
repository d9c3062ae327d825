import { setTimeout as delay } from 'node:timers/promises';

/** No wait in this folder is longer than this, in milliseconds: past it, an error says what to do. */
export const PATIENCE_MS = 30_000;

/** Tries until there is an answer; `undefined` when there was none within `limit` milliseconds. */
export async function poll<T>(
  attempt: () => Promise<T | undefined>,
  limit = PATIENCE_MS,
): Promise<T | undefined> {
  const deadline = Date.now() + limit;
  for (;;) {
    const answer = await attempt();
    if (answer !== undefined || Date.now() >= deadline) return answer;
    await delay(20);
  }
}
