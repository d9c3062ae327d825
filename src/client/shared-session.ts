import { isSession, type Session } from './session-state.js';
import { settledWithin } from './settled-within.js';
import type { TabLocks } from './tab-locks.js';
import { type StorageOption, storedSession } from './token-storage.js';

/** The part of `BroadcastChannel` that is used here. Browsers and Node type it differently. */
interface Channel {
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  postMessage(message: Message): void;
  close(): void;
  unref?(): void;
}

type Message = { ask: true } | { session: Session };

/** How long another tab may take to answer. After that, there is no other tab. */
const ANSWER_MS = 300;
/** The same when nothing at all is known: to believe that too early would look signed out. */
const FIRST_ANSWER_MS = 800;
/** The same when it is certain that another tab knows something newer. */
const NEWS_MS = 5_000;

/**
 * The session as all tabs of the origin see it. Tabs tell each other by BroadcastChannel, and read the storage if there
 * is one. Without both, a tab is on its own.
 */
export function sharedSession(
  name: string,
  { announce, newest, withdraw }: TabLocks,
  storage: StorageOption | undefined,
  /** Only another tab may know that somebody is signed in, so a new tab asks before it says that nobody is. */
  asksFirst: boolean,
  changed: (next: Session, before: Session) => void,
) {
  const stored = storedSession(name, storage, adopt);
  const waiting = new Set<() => void>();
  let current: Session = { version: 0 };
  let channel: Channel | undefined;
  let othersThere = true;
  let asking: Promise<unknown> | undefined;

  if (typeof BroadcastChannel !== 'undefined') {
    channel = new BroadcastChannel(name) as unknown as Channel;
    channel.addEventListener('message', ({ data }) => hear(data as Message));
    channel.unref?.(); // in Node only: an open channel would keep the process alive
  }

  return { look, lookAround, change, close };

  /** The newest state that this tab or the storage knows. */
  async function look(): Promise<Session> {
    await stored.read();
    if (asksFirst && !current.version) await askOthers(FIRST_ANSWER_MS);
    return current;
  }

  /** The newest state that any tab or the storage knows: under the lock, nobody can change it meanwhile. */
  async function lookAround(): Promise<Session> {
    await look();
    const version = await newest();
    await (current.version < version ? askOthers(NEWS_MS, version) : askOthers(ANSWER_MS));
    return current;
  }

  /** Call it under the lock. Resolves once all tabs can know, and the storage has the new state if it can. */
  async function change(next: Omit<Session, 'version'>): Promise<Session> {
    const { deviceProof } = current;
    const session = { deviceProof, ...next, version: Math.max(current.version + 1, Date.now()) };
    tell({ session });
    await Promise.all([stored.write(session), announce(session.version)]);
    adopt(session);
    return session;
  }

  function close(): void {
    channel?.close();
    channel = undefined;
    withdraw();
  }

  /** The first answer is enough, unless it is known which version another tab has. */
  function askOthers(ms: number, version = 0): Promise<unknown> | undefined {
    if (!channel || (!othersThere && !version)) return asking;
    othersThere = false; // until one says otherwise
    let heard: () => void;
    const answer = new Promise<void>((resolve) => {
      heard = () => void (current.version >= version && resolve());
      waiting.add(heard);
    });
    asking = settledWithin(ms, answer).finally(() => waiting.delete(heard));
    tell({ ask: true });
    return asking;
  }

  function hear(message: Message): void {
    othersThere = true;
    if ('ask' in message) {
      // A tab that knows nothing does not answer, because the first answer ends the wait.
      if (current.version) tell({ session: current });
      return;
    }
    adopt(message.session);
    for (const heard of waiting) heard();
  }

  function tell(message: Message): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches this origin only
    channel?.postMessage(message);
  }

  function adopt(session: unknown): void {
    const before = current;
    if (!isSession(session) || session.version <= before.version) return;
    current = session;
    stored.hear(session);
    changed(session, before);
  }
}
