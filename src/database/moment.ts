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
