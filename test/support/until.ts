/** Waits until something that takes its time has come about; a test's own time limit ends the wait. */
export async function until(done: () => Promise<boolean> | boolean): Promise<void> {
  // What is nearly there is seen at once, and what takes long is not asked for all the time.
  for (let pause = 1; !(await done()); pause = Math.min(2 * pause, 16))
    await new Promise((resolve) => setTimeout(resolve, pause));
}
