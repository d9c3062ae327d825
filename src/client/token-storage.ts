import { settledWithin } from './settled-within.js';

/** Where tokens are kept: `localStorage`, or a store with the same methods, which may return promises. */
export interface TokenStorage {
  /** `null` when there is no such key. */
  getItem(key: string): string | null | Promise<string | null>;
  /** Replaces the value of the key. */
  setItem(key: string, value: string): unknown;
  /** Deletes the key. Without it, the empty string is written. */
  removeItem?(key: string): unknown;
}

/** A storage, or a function that gives it and may throw. */
export type StorageOption = TokenStorage | (() => TokenStorage | null | undefined);

/** A storage that takes longer is no longer waited for. */
const STORAGE_MS = 2_000;

/**
 * The stored state of the session. A storage that throws, returns nonsense or never answers is as good as none: it never
 * makes a call fail.
 */
export function storedSession(
  key: string,
  option: StorageOption | undefined,
  found: (stored: unknown) => void,
) {
  const storage = () => (typeof option === 'function' ? option() : option);
  let slow = false;
  let warned = false;

  return {
    /** Reports what is stored, later if the storage is slow. */
    read: () => patiently(async () => found(JSON.parse((await storage()?.getItem(key)) ?? 'null'))),
    write: (session: object) => patiently(() => put(JSON.stringify(session)).catch(discard)),
  };

  async function put(text: string): Promise<void> {
    await storage()?.setItem(key, text);
  }

  /** The stored tokens have been replaced. If the next page sent them, the service would take that for theft. */
  async function discard(cause: unknown): Promise<void> {
    if (!warned) console.warn('Latchkey cannot write to its storage.', cause);
    warned = true;
    const kept = storage();
    await (kept?.removeItem ? kept.removeItem(key) : put(''));
  }

  async function patiently(work: () => Promise<void>): Promise<void> {
    if (!option) return;
    const over = () => true;
    const done = work().then(over, over);
    if (!slow && !(await settledWithin(STORAGE_MS, done))) slow = true;
  }
}
