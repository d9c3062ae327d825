/** Requests that arrive every few seconds, from machines. */
const PROBES = /^\/(?:health\/|metrics$)/;

/** Whether a route, given by its template, is asked by machines every few seconds. */
export function isProbe(route: string): boolean {
  return PROBES.test(route);
}

/**
 * Which probes fail now. One that is asked every second appears in the log when its answer changes, rather than each time:
 * `warn` when it starts to fail, `info` when it works again. Everything else about it is at level `debug`.
 */
export class ProbeLog {
  private readonly failing = new Set<string>();

  /** The level of the line about an answered probe. Refusals, such as those for want of a token, are always shown. */
  levelOf(route: string, status: number): 'debug' | 'info' | 'warn' {
    if (status >= 400 && status < 500) return 'info';
    if (status >= 500) {
      if (this.failing.has(route)) return 'debug';
      this.failing.add(route);
      return 'warn';
    }
    return this.failing.delete(route) ? 'info' : 'debug';
  }
}
