/** Waits until a condition is met; the time limit of the test ends the wait. */
export async function until(done: () => Promise<boolean> | boolean): Promise<void> {
  // Polls often at first, to see quick results immediately, and less often later.
  for (let pause = 1; !(await done()); pause = Math.min(2 * pause, 16))
    await new Promise((resolve) => setTimeout(resolve, pause));
}
