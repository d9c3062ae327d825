/** The commands in use here, as the `redis` package has them; its own types would have to be there for every host. */
export interface RedisClient {
  readonly isReady: boolean;
  connect(): Promise<unknown>;
  destroy(): void;
  duplicate(changes: { pingInterval: number; socket: object }): RedisClient;
  ping(): Promise<string>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  scan(
    cursor: string,
    options: { MATCH: string; COUNT: number },
  ): Promise<{ cursor: string; keys: string[] }>;
  mGet(keys: string[]): Promise<(string | null)[]>;
  subscribe(channel: string, listener: (message: string) => void): Promise<void>;
  on(event: 'ready' | 'end' | 'ping-interval', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error & { code?: string }) => void): unknown;
}

const CONNECT_TIMEOUT_MS = 1_000;
const COMMAND_TIMEOUT_MS = 100;
/** After a failure nothing is asked for this long: a Redis that hangs must not cost every request its time limit. */
const BREAK_MS = 1_000;
const MAX_RECONNECT_MS = 1_000;
const PING_MS = 1_000;

/** Redis did not answer in time, or not at all. Whoever uses Redis must be able to do without. */
export class RedisAwayError extends Error {
  constructor(cause?: unknown) {
    super('Redis does not answer', { cause });
    this.name = 'RedisAwayError';
  }
}

/**
 * One connection to Redis, made again as often as it takes. Commands have 100 ms; after one that failed, or while there
 * is no connection, they fail at once.
 */
export class RedisConnection {
  private brokenUntil = 0;

  private constructor(private readonly client: RedisClient) {}

  /** Resolves at once, whether Redis is there or not. The URL is `redis://` or `rediss://`. */
  static async open(url: string, warn: (message: string) => void): Promise<RedisConnection> {
    // Loaded only where it is used: for hosts without Redis the package is optional.
    const { createClient } = await import('redis');
    const reconnectStrategy = (retries: number) => Math.min(50 * 2 ** retries, MAX_RECONNECT_MS);
    const client = createClient({
      url,
      name: 'latchkey',
      disableOfflineQueue: true,
      socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy },
    }) as unknown as RedisClient;
    reportChanges(client, warn);
    client.connect().catch(() => undefined); // goes on trying by itself
    return new RedisConnection(client);
  }

  /** Whether the next command has a chance. */
  get available(): boolean {
    return this.client.isReady && performance.now() >= this.brokenUntil;
  }

  /** @throws RedisAwayError when Redis does not answer in time; what was asked for may have been done all the same */
  async run<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    if (!this.available) throw new RedisAwayError();
    let sending: NodeJS.Immediate | undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const tooLate = () => reject(new Error('no answer in time'));
      // The client sends once this process is done with what it is at: until then Redis has nothing to answer.
      sending = setImmediate(() => {
        // One turn more: when this process was too busy to look, the answer lies in the socket and is read before.
        timer = setTimeout(() => setImmediate(tooLate), COMMAND_TIMEOUT_MS);
      });
    });
    try {
      return await Promise.race([command(this.client), late]);
    } catch (cause) {
      this.brokenUntil = performance.now() + BREAK_MS;
      throw new RedisAwayError(cause);
    } finally {
      clearImmediate(sending);
      clearTimeout(timer);
    }
  }

  /** True when Redis answers now. */
  async ping(): Promise<boolean> {
    return this.run((client) => client.ping()).then(
      () => true,
      () => false,
    );
  }

  /**
   * A second connection, to hear messages on. It is given up when nothing comes for three seconds, pings included, and is
   * not made again by itself: the caller connects it, destroys it, and sees to what it missed.
   */
  listener(): RedisClient {
    const client = this.client.duplicate({
      pingInterval: PING_MS,
      socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false, socketTimeout: 3 * PING_MS },
    });
    client.on('error', () => undefined); // told by the first connection
    return client;
  }

  onModuleDestroy(): void {
    this.client.destroy();
  }
}

/** One line when it goes and one when it is back, however often it is tried in between. */
function reportChanges(client: RedisClient, warn: (message: string) => void): void {
  let away = false;
  client.on('error', (error) => {
    if (!away) warn(`Redis is away (${error.code ?? error.message}): going on without it`);
    away = true;
  });
  client.on('ready', () => {
    if (away) warn('Redis is back');
    away = false;
  });
}
