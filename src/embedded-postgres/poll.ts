import { setTimeout as delay } from 'node:timers/promises';

/** The longest wait in this folder, in milliseconds; after that, an error says what to do. */
export const PATIENCE_MS = 30_000;

/** Repeats the attempt until it returns an answer; returns `undefined` if there is none within `limit` milliseconds. */
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
