type Listener = (event: { data: unknown }) => void;
interface Lock {
  name: string;
  mode: 'exclusive' | 'shared';
}

/** Web Locks and a BroadcastChannel as browsers have them, where each message takes as long as a test demands. */
export class FakeTabs {
  /** In milliseconds. `isNew`: the message tells of a state that nobody has told of before. */
  delay: (message: { isNew: boolean }) => number = () => 0;
  private readonly channels = new Set<{ name: string; listeners: Listener[] }>();
  private readonly versions = new Set<unknown>();
  private readonly held = new Set<Lock>();
  private queue: (() => boolean)[] = [];
  private readonly originals = ['navigator', 'BroadcastChannel'].map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  );

  install(): void {
    define('BroadcastChannel', this.channelClass());
    define('navigator', { locks: { request: this.request, query: async () => ({ held: [...this.held] }) } });
  }

  uninstall(): void {
    for (const [name, descriptor] of this.originals) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  }

  heldLocks = (): string[] => [...this.held].map(({ name }) => name);

  private readonly request = <T>(
    name: string,
    { mode = 'exclusive' }: Partial<Lock>,
    work: () => Promise<T>,
  ) =>
    new Promise<T>((resolve, reject) => {
      this.queue.push(() => {
        const others = [...this.held].filter((lock) => lock.name === name);
        if (others.some((lock) => lock.mode === 'exclusive' || mode === 'exclusive')) return false;
        const lock = { name, mode };
        this.held.add(lock);
        const done = work().finally(() => {
          this.held.delete(lock);
          this.grant();
        });
        done.then(resolve, reject);
        return true;
      });
      this.grant();
    });

  private grant(): void {
    const waiting = this.queue;
    this.queue = [];
    this.queue = [...waiting.filter((attempt) => !attempt()), ...this.queue];
  }

  private channelClass() {
    const { channels } = this;
    const delayOf = (data: unknown) => this.delayOf(data);
    return class {
      private readonly own: { name: string; listeners: Listener[] };
      constructor(name: string) {
        this.own = { name, listeners: [] };
        channels.add(this.own);
      }
      addEventListener(_: string, listener: Listener) {
        this.own.listeners.push(listener);
      }
      postMessage(data: unknown) {
        const delay = delayOf(data);
        const others = [...channels].filter((it) => it !== this.own && it.name === this.own.name);
        const deliver = () => others.forEach((it) => it.listeners.forEach((hear) => hear({ data })));
        if (delay > 0) setTimeout(deliver, delay);
        else setImmediate(deliver);
      }
      close() {
        channels.delete(this.own);
        this.own.listeners.length = 0;
      }
    };
  }

  private delayOf(data: unknown): number {
    const { version } = (data as { session?: { version: unknown } }).session ?? {};
    const isNew = version !== undefined && !this.versions.has(version);
    this.versions.add(version);
    return this.delay({ isNew });
  }
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
