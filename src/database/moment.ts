const { timeOrigin } = performance;
const elapsed = performance.now.bind(performance);

/**
 * The process's own time in whole milliseconds since the epoch. Nobody can set it; it stands still only while the machine
 * sleeps.
 */
export const steadyTime = (): number => Math.floor(timeOrigin + elapsed());

/**
 * Now, on both clocks: the monotonic one stands still while a machine sleeps, and the system clock can be set back. Of
 * the two ages, the longer one counts.
 */
export class Moment {
  private readonly elapsed = performance.now();
  private readonly time = Date.now();

  /** In milliseconds. */
  get age(): number {
    return Math.max(performance.now() - this.elapsed, Date.now() - this.time);
  }
}
