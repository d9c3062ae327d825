/** Where tokens are kept: `localStorage`, or a store with the same methods, which may return promises. */
export interface TokenStorage {
  /** `null` when there is no such key. */
  getItem(key: string): string | null | Promise<string | null>;
  /** Replaces the value of the key. */
  setItem(key: string, value: string): unknown;
}

/** What a tab knows about the session. Times are the service's, in milliseconds since the epoch. */
export interface Session {
  /** Grows with every change in any tab, so that the newer of two states is known. 0: nothing is known. */
  version: number;
  /** `undefined`: unknown, as after a page load with cookies that no script can read. */
  signedIn?: boolean;
  /** Why it is over. */
  endedBy?: string;
  /** When to refresh, and when the access token expires. */
  refreshAt?: number;
  expiresAt?: number;
  /** In body transport only. */
  accessToken?: string;
  refreshToken?: string;
}

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

/**
 * The session as all tabs of the origin see it. Tabs tell each other by BroadcastChannel, and read the storage if there
 * is one. Without both, a tab is on its own.
 */
export function sharedSession(
  name: string,
  storage: TokenStorage | undefined,
  /** Only another tab may know that somebody is signed in, so a new tab asks before it says that nobody is. */
  asksFirst: boolean,
  changed: (next: Session, before: Session) => void,
) {
  let current: Session = { version: 0 };
  let channel: Channel | undefined;
  let othersThere = true;
  let answered: () => void = () => undefined;
  let asking: Promise<void> | undefined;

  if (typeof BroadcastChannel !== 'undefined') {
    channel = new BroadcastChannel(name) as unknown as Channel;
    channel.addEventListener('message', ({ data }) => hear(data as Message));
    channel.unref?.(); // in Node only: an open channel would keep the process alive
  }

  return { look, lookAround, change, close };

  /** The newest state that this tab or the storage knows. */
  async function look(): Promise<Session> {
    adopt(parse(await storage?.getItem(name)));
    if (asksFirst && current.version === 0) await askOthers();
    return current;
  }

  /** The newest state that any tab or the storage knows: under the lock, nobody can change it meanwhile. */
  async function lookAround(): Promise<Session> {
    await look();
    await askOthers();
    return current;
  }

  /** Call it under the lock. Resolves once the storage has the new state. */
  async function change(next: Omit<Session, 'version'>): Promise<Session> {
    const session = { ...next, version: Math.max(current.version + 1, Date.now()) };
    await storage?.setItem(name, JSON.stringify(session));
    adopt(session);
    tell({ session });
    return session;
  }

  function close(): void {
    channel?.close();
    othersThere = false;
  }

  function askOthers(): Promise<void> | undefined {
    if (!channel || !othersThere) return asking;
    othersThere = false; // until one says otherwise
    asking = new Promise<void>((resolve) => {
      answered = resolve;
      setTimeout(resolve, ANSWER_MS);
    });
    tell({ ask: true });
    return asking;
  }

  function hear(message: Message): void {
    othersThere = true;
    if ('ask' in message) {
      // A tab that knows nothing does not answer, because the first answer ends the wait.
      if (current.version > 0) tell({ session: current });
      return;
    }
    adopt(message.session);
    answered();
  }

  function tell(message: Message): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches this origin only
    channel?.postMessage(message);
  }

  function adopt(session: Session | undefined): void {
    const before = current;
    if (!session || session.version <= before.version) return;
    current = session;
    changed(session, before);
  }
}

function parse(text: string | null | undefined): Session | undefined {
  try {
    const session = JSON.parse(text ?? 'null') as Session | null;
    return typeof session?.version === 'number' ? session : undefined;
  } catch {
    return undefined;
  }
}
