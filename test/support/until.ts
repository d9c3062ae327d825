/**
 * Waits until a condition is met. The time limit of the test ends the wait; the timers of one that goes on in vain do not
 * keep the process.
 */
export async function until(done: () => Promise<boolean> | boolean): Promise<void> {
  // Polls often at first, to see quick results immediately, and less often later.
  for (let pause = 1; !(await done()); pause = Math.min(2 * pause, 16))
    await new Promise((resolve) => setTimeout(resolve, pause).unref());
}
