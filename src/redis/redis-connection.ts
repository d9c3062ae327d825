import { inSpan, isTraced } from '../tracing/spans.js';

/** The commands used here, typed as in the `redis` package, whose own types would force every host to install it. */
export interface RedisClient {
  readonly isReady: boolean;
  connect(): Promise<unknown>;
  destroy(): void;
  duplicate(changes: { pingInterval: number; socket: object }): RedisClient;
  sendCommand(words: string[]): Promise<unknown>;
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

/** Where Redis is. */
export interface RedisAddress {
  url: string;
  tlsCa?: readonly string[] | undefined;
}

const CONNECT_TIMEOUT_MS = 1_000;
const COMMAND_TIMEOUT_MS = 100;
/** After a failure, no command is sent for this long: a hanging Redis must not delay every request by its timeout. */
const BREAK_MS = 1_000;
const MAX_RECONNECT_MS = 1_000;
const PING_MS = 1_000;

/** What Latchkey needs of Redis, in small: a script that writes. */
const PROBE = "return redis.call('SET', KEYS[1], '1', 'PX', 1000)";
const PROBE_KEY = '{latchkey}:probe';

/** What a server answers that is not, or not yet, the one to write to. After a failover the address leads to another. */
const WRONG_SERVER = /^(?:READONLY|LOADING|MASTERDOWN)\b|-READONLY\b/;

/** Redis did not answer in time, or not at all. Every caller must be able to continue without Redis. */
export class RedisAwayError extends Error {
  constructor(cause?: unknown) {
    super('Redis does not answer', { cause });
    this.name = 'RedisAwayError';
  }
}

/**
 * A connection to Redis that reconnects as often as necessary. A command times out after 100 ms. For one second after a
 * failed command, and while there is no connection, commands fail immediately.
 */
export class RedisConnection {
  private brokenUntil = 0;

  private constructor(
    private readonly client: RedisClient,
    private readonly state: ReportedState,
  ) {}

  /**
   * Opens a connection. Does not wait until Redis can be reached.
   * @param options `url` is `redis://` or `rediss://`; `tlsCa` are PEM texts of the only authorities to trust
   * @param warn called when Redis becomes unavailable or refuses writes, and when it is back
   * @throws Error when the installed package `redis` is too old
   */
  static async open(options: RedisAddress, warn: (message: string) => void): Promise<RedisConnection> {
    // Loaded only when needed: the package is optional for hosts without Redis.
    const { createClient } = await import('redis');
    const reconnectStrategy = (retries: number) => Math.min(50 * 2 ** retries, MAX_RECONNECT_MS);
    const client = createClient({
      url: options.url,
      name: 'latchkey',
      disableOfflineQueue: true,
      socket: {
        connectTimeout: CONNECT_TIMEOUT_MS,
        reconnectStrategy,
        ...(options.tlsCa?.length && { tls: true, ca: [...options.tlsCa] }),
      },
    } as object) as unknown as RedisClient;
    // The peer range is wider, because TypeORM before 0.3.26 allows no version that works here.
    if (typeof client.destroy !== 'function')
      throw new Error('Redis needs version 5 or 6 of the package redis: npm install redis@6');
    const state = new ReportedState(warn);
    client.on('error', (error) => state.away(error.code ?? error.message));
    const connection = new RedisConnection(client, state);
    // A connection says little: it may lead to a server that only reads.
    client.on('ready', () => void connection.works());
    client.connect().catch(() => undefined); // the client keeps retrying on its own
    return connection;
  }

  /** Whether the next command will be sent rather than fail immediately. */
  get available(): boolean {
    return this.client.isReady && performance.now() >= this.brokenUntil;
  }

  /**
   * Runs a command.
   * @param name what traces call it
   * @throws RedisAwayError when Redis does not answer in time; the command may have been executed nevertheless
   */
  run<T>(command: (client: RedisClient) => Promise<T>, name = 'EVAL'): Promise<T> {
    if (!isTraced()) return this.send(command);
    const attributes = { 'db.system.name': 'redis', 'db.operation.name': name };
    return inSpan(name, { kind: 'client', attributes }, () => this.send(command));
  }

  private async send<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    if (!this.available) throw new RedisAwayError();
    let sending: NodeJS.Immediate | undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const tooLate = () => reject(new Error('no answer in time'));
      // The client sends the command once the current turn of the event loop ends; the time starts then.
      sending = setImmediate(() => {
        // One more turn: if this process was too busy to read, the answer is already in the socket and is read first.
        timer = setTimeout(() => setImmediate(tooLate), COMMAND_TIMEOUT_MS);
      });
    });
    try {
      const answer = await Promise.race([command(this.client), late]);
      this.state.back();
      return answer;
    } catch (cause) {
      this.failed(cause as Error);
      throw new RedisAwayError(cause);
    } finally {
      clearImmediate(sending);
      clearTimeout(timer);
    }
  }

  /** Whether Redis answers now and accepts writes. Never rejects. */
  async works(): Promise<boolean> {
    return this.run((client) => client.eval(PROBE, { keys: [PROBE_KEY], arguments: [] })).then(
      () => true,
      () => false,
    );
  }

  private failed({ message }: Error): void {
    this.brokenUntil = performance.now() + BREAK_MS;
    this.state.away(message);
    // The server closes the connection, and the client opens another.
    if (WRONG_SERVER.test(message)) this.client.sendCommand(['QUIT']).catch(() => undefined);
  }

  /**
   * Returns a second client, to receive messages. Its connection is closed when nothing arrives for three seconds, not
   * even a ping, and does not reconnect: the caller connects it, destroys it, and catches up on missed messages.
   */
  listener(): RedisClient {
    const client = this.client.duplicate({
      pingInterval: PING_MS,
      socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false, socketTimeout: 3 * PING_MS },
    });
    client.on('error', () => undefined); // reported by the first connection
    return client;
  }

  onModuleDestroy(): void {
    this.client.destroy();
  }
}

/** Logs one line when Redis becomes unavailable and one when it is back, however many attempts fail in between. */
class ReportedState {
  private isAway = false;

  constructor(private readonly warn: (message: string) => void) {}

  away(reason: string): void {
    if (!this.isAway) this.warn(`Redis is unavailable (${reason}): continuing without it`);
    this.isAway = true;
  }

  back(): void {
    if (this.isAway) this.warn('Redis is available again');
    this.isAway = false;
  }
}
