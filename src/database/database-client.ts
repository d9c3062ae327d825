import type { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import type { ServerAddress } from './server-url.js';
import { READ_ONLY, type Servers } from './servers.js';

const FAREWELL_MS = 1_000;
/** For a server that is asked whether it accepts writes. */
const PROBE_MS = 600;

/** The options of `pg`, and what it does not know. */
export interface DatabaseClientOptions extends ClientConfig {
  servers?: Servers;
  /** Statements such as `SET statement_timeout = 900`, for a pooler that refuses parameters at the start of a connection. */
  sessionSettings?: string;
}

/**
 * A connection to the server that accepts writes. Gives up when its server does not answer in time or has become
 * read-only: `pg` alone would return it to the pool, where every later statement would fail too.
 */
export class DatabaseClient extends Client {
  // Not `private`: what has a password must not be printed with the client.
  readonly #given: DatabaseClientOptions;

  constructor(options: DatabaseClientOptions) {
    super(options);
    this.#given = options;
    // The pool listens only while a connection is idle, and whoever has taken it begins a turn later. A server that stops
    // right then says so in between, and an unheard error would end the process. What is asked next fails in any case.
    this.on('error', () => undefined);
  }

  override connect(...[callback]: unknown[]): never {
    const opened = this.openAtServer();
    if (typeof callback !== 'function') return opened as never;
    opened.then(
      () => callback(null, this),
      (error: unknown) => callback(error),
    );
    return undefined as never;
  }

  /** TypeORM asks with text and values and expects a promise; the pool itself asks with a callback. */
  override query(...question: unknown[]): never {
    const callback = question.at(-1);
    if (typeof callback === 'function')
      question[question.length - 1] = (error: Error | null, result: unknown) => {
        if (error) this.notice(error);
        callback(error, result);
      };
    const answer = (super.query as (...question: unknown[]) => unknown).apply(this, question);
    if (answer instanceof Promise) answer.catch((error: Error) => this.notice(error));
    return answer as never;
  }

  /** A server that is gone does not answer the farewell either. It must not delay the shutdown of the service. */
  override end(callback?: (error: Error) => void): Promise<void> {
    setTimeout(() => this.cut(), FAREWELL_MS).unref();
    return super.end(callback!) as unknown as Promise<void>;
  }

  /** Ends the connection as if the server had. */
  cut(): void {
    this.socket.destroy();
  }

  private get socket(): Socket {
    return (this as unknown as { connection: { stream: Socket } }).connection.stream;
  }

  private async openAtServer(): Promise<this> {
    const { servers, sessionSettings } = this.#given;
    const server = await servers?.current((candidate) => this.probe(candidate));
    // The pool has given up waiting.
    if (this.socket.destroyed) throw new Error('timeout expired');
    if (server) Object.assign(this, server);
    try {
      await super.connect();
      if (servers?.writable) await refuseReadOnly(this);
      if (sessionSettings) await super.query(sessionSettings);
    } catch (error) {
      if (isGone(error as { code?: string })) servers?.forget();
      this.end().catch(() => undefined);
      throw error;
    }
    servers?.opened(this);
    this.once('end', () => servers?.closed(this));
    return this;
  }

  private async probe({ host, port }: ServerAddress): Promise<void> {
    const { servers, sessionSettings: _, ...options } = this.#given;
    const client = new Client({ ...options, connectionTimeoutMillis: PROBE_MS, query_timeout: PROBE_MS });
    Object.assign(
      client.on('error', () => undefined),
      { host, port },
    );
    try {
      await client.connect();
      if (servers?.writable) await refuseReadOnly(client);
    } finally {
      client.end().catch(() => undefined);
    }
  }

  /** `end` also tells the pool, before the client is returned to it, that the client is no longer usable. */
  private notice({ message, code }: Error & { code?: string }): void {
    if (message !== 'Query read timeout' && code !== READ_ONLY) return;
    this.end().catch(() => undefined);
    if (code === READ_ONLY) this.#given.servers?.abandon();
  }
}

async function refuseReadOnly(client: Client): Promise<void> {
  // Also true of a standby.
  const { rows } = await client.query<{ transaction_read_only: string }>('SHOW transaction_read_only');
  if (rows[0]?.transaction_read_only !== 'on') return;
  throw Object.assign(new Error('The database server is read-only.'), { code: READ_ONLY });
}

/** Errors of the network have no SQLSTATE; the others are: shutting down, starting up, read-only. */
function isGone({ code = '' }: { code?: string }): boolean {
  return !/^[0-9A-Z]{5}$/.test(code) || /^(?:57P|25006)/.test(code) || /^E[A-Z]{4}$/.test(code);
}
