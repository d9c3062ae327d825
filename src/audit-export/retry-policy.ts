const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;
/** A receiver may ask for more patience than we have by ourselves, but not for any. */
const LONGEST_ASKED_MS = 60 * 60_000;

/** What an attempt to deliver led to. */
export type Outcome =
  | { kind: 'delivered' }
  /** It may work later, for the same events. */
  | { kind: 'failed'; reason: string; retryAfterMs?: number }
  /** It will not work later either. */
  | { kind: 'refused'; reason: string };

/** Judges an answer of a receiver. A redirect is not followed: somebody has to correct the URL. */
export function judge(status: number, retryAfter: string | undefined, now = Date.now()): Outcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const reason = `it answered ${status}`;
  const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;
  return isFinal
    ? { kind: 'refused', reason }
    : { kind: 'failed', reason, retryAfterMs: waitOf(retryAfter, now) };
}

/** Milliseconds until the next attempt: doubled with each failure, with jitter, and at least what was asked for. */
export function delayAfter(failures: number, askedMs = 0, random = Math.random): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 20));
  return Math.max(most * (0.5 + random() / 2), Math.min(askedMs, LONGEST_ASKED_MS));
}

/** RFC 9110 §10.2.3: seconds or a date, such as `Fri, 31 Dec 1999 23:59:59 GMT`. */
function waitOf(retryAfter: string | undefined, now: number): number | undefined {
  const text = retryAfter?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const ms = /^[a-z]{3,9}, /i.test(text) ? Date.parse(text) - now : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
