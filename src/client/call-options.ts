import { networkError } from './answer.js';

/** For how long to wait for a call. */
export interface CallOptions {
  /** Ends the wait: the call then throws the signal's reason, as `fetch` does. */
  signal?: AbortSignal | null;
  /** In milliseconds. After that the call throws a `NETWORK_ERROR`. */
  timeout?: number;
}

/** A timer for this long would end immediately. */
const TOO_LONG_MS = 2 ** 31;

/** Runs a call, but no longer than the caller will wait. What goes on for other callers is not stopped. */
export function withinOptions<T>(
  work: (signal?: AbortSignal) => Promise<T>,
  { signal, timeout }: CallOptions = {},
): Promise<T> {
  if (!signal && timeout === undefined) return work();
  // AbortSignal.any and AbortSignal.timeout would do, where browsers have them.
  const own = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ended = new Promise<T>((resolve, reject) => {
    const stop = (reason: unknown) => {
      reject(reason as Error);
      own.abort(reason);
    };
    const abort = () => stop(signal!.reason);
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { signal: own.signal });
    if (timeout! < TOO_LONG_MS) timer = setTimeout(() => stop(networkError('timeout')), timeout);
    work(own.signal).then(resolve, reject);
  });
  return ended.finally(() => {
    clearTimeout(timer);
    own.abort(); // removes the listener
  });
}
