import type { Session } from './session-state.js';
import { settledWithin } from './settled-within.js';

/** Where tokens are kept: `localStorage`, or a store with the same methods, which may return promises. */
export interface TokenStorage {
  /** `null` when there is no such key. */
  getItem(key: string): string | null | Promise<string | null>;
  /** Replaces the value of the key. Once it has returned or resolved, `getItem` gives the new value. */
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
 * makes a call fail. One state is written at a time, and the newest is the last.
 */
export function storedSession(
  key: string,
  option: StorageOption | undefined,
  found: (stored: unknown) => void,
) {
  let slow = false;
  let warned = false;
  /** The newest state, and that which the storage has or is being given. */
  let wanted: Session | undefined;
  let written: Session | undefined;
  let saving: Promise<void> | undefined;

  return {
    /** Reports what is stored, later if the storage is slow. (`JSON.parse(null)` is null.) */
    read: () => patiently(ask(async (kept) => found(JSON.parse((await kept.getItem(key))!)))),
    write(session: Session): Promise<void> {
      wanted = session;
      saving ??= save();
      return patiently(saving, () => {
        // It still has what it had before, or a state that is written too late to be the newest.
        written = undefined;
        void discard('timeout');
      });
    },
    /** A state that another tab has written: one that this tab is still writing must not replace it. */
    hear(session: Session): void {
      if (saving && session.version > wanted!.version) wanted = session;
    },
  };

  async function save(): Promise<void> {
    do {
      written = wanted;
      const text = JSON.stringify(written);
      await ask(async (kept) => {
        await kept.setItem(key, text);
        if ((await kept.getItem(key)) !== text) throw new Error('ignored');
      }).catch(discard);
    } while (written !== wanted);
    saving = undefined;
  }

  /** The stored tokens have been replaced. If the next page sent them, the service would take that for theft. */
  function discard(cause: unknown): Promise<unknown> {
    if (!warned) console.warn('Latchkey cannot write to its storage.', cause);
    warned = true;
    return ask((kept) => kept.removeItem!(key))
      .catch(() => ask((kept) => kept.setItem(key, '')))
      .catch(() => {});
  }

  async function ask(work: (kept: TokenStorage) => unknown): Promise<unknown> {
    const kept = typeof option === 'function' ? option() : option;
    return kept && work(kept);
  }

  async function patiently(work: Promise<unknown>, late?: () => void): Promise<void> {
    const over = () => true;
    const waiting = settledWithin(STORAGE_MS, work.then(over, over)).then((isOver) => {
      if (isOver) return;
      slow = true;
      late?.();
    });
    if (!slow) await waiting;
  }
}
