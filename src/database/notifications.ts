import { setTimeout } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { poolingOf } from './pooling.js';
import { readServerUrl } from './server-url.js';
import { Servers } from './servers.js';

/** The part of a `pg` client that is used here. */
interface PgClient {
  connect(): Promise<unknown>;
  query(sql: string): Promise<unknown>;
  end(): Promise<void>;
  on(event: 'notification', listener: (message: { channel: string; payload?: string }) => void): unknown;
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown;
}

type ClientClass = new (options: unknown) => PgClient;

interface Subscription {
  heard(payload: string): void;
  /** Called when the connection is back: notifications sent in the meantime have been missed. */
  missed(): void;
}

const RECONNECT_MS = 500;
const HEARTBEAT_MS = 5_000;
/** Used when the data source sets no time limit. */
const TIMEOUT_MS = 2_000;
const FAREWELL_MS = 1_000;

/**
 * Receives the notifications (PostgreSQL's NOTIFY) of other instances on a dedicated connection, separate from the data
 * source's pool. Reconnects as often as necessary, and then tells subscribers that they may have missed notifications.
 * They do not pass through a pooler in transaction mode: there, the connection goes to the pooler's direct URL, and
 * without one nothing is heard, so that subscribers depend on what they read at intervals.
 */
export class DatabaseNotifications {
  private readonly subscriptions = new Map<string, Subscription>();
  private client: PgClient | undefined;
  private connecting: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly dataSource: DataSource) {}

  /** True while notifications are received. */
  get connected(): boolean {
    return this.client !== undefined;
  }

  /** Resolves once subscribed to the channel; if the database is unreachable, resolves anyway and subscribes later. */
  async listen(channel: string, subscription: Subscription): Promise<void> {
    this.subscriptions.set(channel, subscription);
    if (this.isDeaf) return;
    if (this.client) await this.client.query(`LISTEN ${channel}`).catch(() => this.lost(this.client));
    else await (this.connecting ??= this.connect().finally(() => (this.connecting = undefined)));
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const client = this.client;
    this.client = undefined;
    // A server that is gone does not answer the goodbye either.
    await Promise.race([
      client?.end().catch(() => undefined),
      setTimeout(FAREWELL_MS, undefined, { ref: false }),
    ]);
  }

  /** True behind a pooler in transaction mode without a direct URL: nothing is received, and nothing is expected. */
  get isDeaf(): boolean {
    const { mode, directUrl } = poolingOf(this.dataSource);
    return mode === 'transaction' && directUrl === undefined;
  }

  private async connect(): Promise<void> {
    if (this.stopped) return;
    const client = await this.createClient();
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    client.on('notification', ({ channel, payload }) =>
      this.subscriptions.get(channel)?.heard(payload ?? ''),
    );
    try {
      await client.connect();
      for (const channel of this.subscriptions.keys()) await client.query(`LISTEN ${channel}`);
      if (this.stopped) return void (await client.end());
      this.client = client;
      for (const subscription of this.subscriptions.values()) subscription.missed();
      this.after(HEARTBEAT_MS, () => this.beat(client));
    } catch {
      client.end().catch(() => undefined);
      this.after(RECONNECT_MS, () => this.connect());
    }
  }

  /** A connection whose other end vanished silently is detected only by using it. */
  private async beat(client: PgClient): Promise<void> {
    try {
      await client.query('SELECT 1');
      this.after(HEARTBEAT_MS, () => this.beat(client));
    } catch {
      this.lost(client);
    }
  }

  private lost(client: PgClient | undefined): void {
    if (this.stopped || !client || client !== this.client) return;
    this.client = undefined;
    client.end().catch(() => undefined);
    this.after(RECONNECT_MS, () => this.connect());
  }

  private after(ms: number, work: () => Promise<void>): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = globalThis.setTimeout(() => void work(), ms).unref();
  }

  /** Uses the options of the data source's pool: host, TLS, time limits. */
  private async createClient(): Promise<PgClient> {
    const { postgres, master } = this.dataSource.driver as unknown as {
      postgres: { Client: ClientClass };
      master: { options: { Client?: ClientClass; connectionTimeoutMillis?: number; query_timeout?: number } };
    };
    const { directUrl } = poolingOf(this.dataSource);
    const options = {
      ...master.options,
      connectionTimeoutMillis: master.options.connectionTimeoutMillis || TIMEOUT_MS,
      query_timeout: master.options.query_timeout || TIMEOUT_MS,
      keepAlive: true,
    };
    if (directUrl === undefined) return new (master.options.Client ?? postgres.Client)(options);
    // Loaded only here, because it loads `pg`, of which the host may have another copy.
    const { DatabaseClient } = await import('./database-client.js');
    const { url, servers, writable } = readServerUrl(directUrl());
    return new DatabaseClient({
      ...options,
      connectionString: url,
      servers: new Servers(servers, writable),
    }) as unknown as PgClient;
  }
}
