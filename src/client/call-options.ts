import { networkError } from './answer.js';

/** For how long to wait for a call. */
export interface CallOptions {
  /** Ends the wait: the call then throws the signal's reason, as `fetch` does. */
  signal?: AbortSignal | null;
  /** In milliseconds. After that the call throws a `NETWORK_ERROR`. */
  timeout?: number;
}

/** Runs a call, but no longer than the caller will wait. What goes on for other callers is not stopped. */
export function withinOptions<T>(
  work: (signal?: AbortSignal) => Promise<T>,
  { signal, timeout }: CallOptions = {},
): Promise<T> {
  if (!signal && timeout === undefined) return work();
  return new Promise((resolve, reject) => {
    const limits = [signal ?? [], timeout === undefined ? [] : AbortSignal.timeout(timeout)].flat();
    const own = AbortSignal.any(limits);
    const stop = () =>
      reject(own.reason.name === 'TimeoutError' ? networkError(own.reason) : (own.reason as Error));
    own.addEventListener('abort', stop);
    if (own.aborted) stop();
    else work(own).then(resolve, reject);
  });
}
