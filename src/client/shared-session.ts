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
export class SharedSession {
  private current: Session = { version: 0 };
  private readonly channel: Channel | undefined;
  private othersThere = true;
  private answered: () => void = () => undefined;
  private asking: Promise<void> | undefined;

  constructor(
    private readonly name: string,
    private readonly storage: TokenStorage | undefined,
    /** Only another tab may know that somebody is signed in, so a new tab asks before it says that nobody is. */
    private readonly asksFirst: boolean,
    private readonly changed: (next: Session, before: Session) => void,
  ) {
    if (typeof BroadcastChannel === 'undefined') return;
    this.channel = new BroadcastChannel(name) as unknown as Channel;
    this.channel.addEventListener('message', ({ data }) => this.hear(data as Message));
    this.channel.unref?.(); // in Node only: an open channel would keep the process alive
  }

  /** The newest state that this tab or the storage knows. */
  async look(): Promise<Session> {
    this.adopt(parse(await this.storage?.getItem(this.name)));
    if (this.asksFirst && this.current.version === 0) await this.askOthers();
    return this.current;
  }

  /** The newest state that any tab or the storage knows: under the lock, nobody can change it meanwhile. */
  async lookAround(): Promise<Session> {
    await this.look();
    await this.askOthers();
    return this.current;
  }

  /** Call it under the lock. Resolves once the storage has the new state. */
  async change(next: Omit<Session, 'version'>): Promise<Session> {
    const session = { ...next, version: Math.max(this.current.version + 1, Date.now()) };
    await this.storage?.setItem(this.name, JSON.stringify(session));
    this.adopt(session);
    this.tell({ session });
    return session;
  }

  close(): void {
    this.channel?.close();
    this.othersThere = false;
  }

  private askOthers(): Promise<void> | undefined {
    if (!this.channel || !this.othersThere) return this.asking;
    this.othersThere = false; // until one says otherwise
    this.asking = new Promise<void>((resolve) => {
      this.answered = resolve;
      setTimeout(resolve, ANSWER_MS);
    });
    this.tell({ ask: true });
    return this.asking;
  }

  private hear(message: Message): void {
    this.othersThere = true;
    if ('ask' in message) {
      // A tab that knows nothing does not answer, because the first answer ends the wait.
      if (this.current.version > 0) this.tell({ session: this.current });
      return;
    }
    this.adopt(message.session);
    this.answered();
  }

  private tell(message: Message): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches this origin only
    this.channel?.postMessage(message);
  }

  private adopt(session: Session | undefined): void {
    const before = this.current;
    if (!session || session.version <= before.version) return;
    this.current = session;
    this.changed(session, before);
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
