/** Where tokens are kept; the methods of `localStorage`, or of a store that answers with promises. */
export interface TokenStorage {
  /** `null` when there is nothing under the key. */
  getItem(key: string): string | null | Promise<string | null>;
  /** Replaces what is under the key. */
  setItem(key: string, value: string): unknown;
}

/** What a tab knows of the session. Times are the service's, in milliseconds since the epoch. */
export interface Session {
  /** Grows with every change in whichever tab, so that of two states the newer one is known. 0: nothing is known. */
  version: number;
  /** `undefined`: not known, as after a page load with cookies that no script can see. */
  signedIn?: boolean;
  /** Why it is over. */
  endedBy?: string;
  /** From when on it is time to refresh, and when the access token ends. */
  refreshAt?: number;
  expiresAt?: number;
  /** In body transport only. */
  accessToken?: string;
  refreshToken?: string;
}

/** The part of a `BroadcastChannel` that is used, which browsers and Node type differently. */
interface Channel {
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  postMessage(message: Message): void;
  close(): void;
  unref?(): void;
}

type Message = { ask: true } | { session: Session };

/** How long another tab may take to answer; one that does not is taken to be gone. */
const ANSWER_MS = 300;

/**
 * The session as all tabs of the origin see it: told by BroadcastChannel, and read from the storage if there is one.
 * Without either a tab is on its own.
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
    /** Nobody is signed in unless some tab knows of it: so a new tab asks before it says so. */
    private readonly asksFirst: boolean,
    private readonly changed: (next: Session, before: Session) => void,
  ) {
    if (typeof BroadcastChannel === 'undefined') return;
    this.channel = new BroadcastChannel(name) as unknown as Channel;
    this.channel.addEventListener('message', ({ data }) => this.hear(data as Message));
    this.channel.unref?.(); // Node only, where an open channel would keep the process alive
  }

  /** What this tab knows, and the storage. */
  async look(): Promise<Session> {
    this.adopt(parse(await this.storage?.getItem(this.name)));
    if (this.asksFirst && this.current.version === 0) await this.askOthers();
    return this.current;
  }

  /** The same, and what the other tabs know: who holds the lock gets the latest. */
  async lookAround(): Promise<Session> {
    await this.look();
    await this.askOthers();
    return this.current;
  }

  /** To be called under the lock. Resolves once the storage has it. */
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
      // Who knows nothing says nothing: the first answer ends the wait.
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
