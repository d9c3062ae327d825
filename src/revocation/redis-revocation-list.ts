import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors/auth-errors.js';
import type { RedisClient, RedisConnection } from '../redis/redis-connection.js';
import { Freshness } from './freshness.js';
import { RevocationIndex } from './revocation-index.js';
import type { RevocableToken, Revocation, RevocationList, RevocationWatcher } from './revocation-list.js';
import { parseRevocation, REVOKED, type RevocationEntry } from './revocation-message.js';

/** The braces keep all keys on one node of a cluster, so that one script can write several of them. */
const PREFIX = '{latchkey}:revoked:';
const RETRY_MS = 500;
const SCAN_COUNT = 1_000;
/** How long a read may take after a time without one, while the connection comes back. */
const REREAD_MS = 1_500;
const REREAD_EVERY_MS = 50;

/**
 * Writes entries and publishes them to all instances; of two entries for one id, the later times win. ARGV: the seconds
 * to keep an entry, then for each key the time of the revocation, or an empty string for the current time of Redis.
 */
const WRITE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local written = {}
for i, key in ipairs(KEYS) do
  local since = tonumber(ARGV[i + 1]) or now
  local untilTime = math.floor(since + ARGV[1] * 1000)
  local knownSince, knownUntil = string.match(redis.call('GET', key) or '', '^(%d+) (%d+)$')
  since = math.max(since, tonumber(knownSince) or 0)
  untilTime = math.max(untilTime, tonumber(knownUntil) or 0)
  local value = string.format('%d %d', since, untilTime)
  if untilTime > now then redis.call('SET', key, value, 'PXAT', untilTime) end
  local message = string.gsub(string.sub(key, ${PREFIX.length + 1}), ':', ' ', 1) .. ' ' .. value
  redis.call('PUBLISH', '${REVOKED}', message)
  written[i] = message
end
return written`;

/**
 * Shares revocations through Redis: each is a key that expires with the last token it concerns, and a message to all
 * instances, which hold them in memory. Redis may lose data (a flush, a failover), so use this alone only if you accept
 * that; the module uses it alongside PostgreSQL, see `RevocationListWithRedis`.
 */
export class RedisRevocationList implements RevocationList {
  private readonly index: RevocationIndex;
  private subscriber: RedisClient | undefined;
  private readonly freshness: Freshness;
  private stopped = false;

  /** @param settings `maxStaleness`: seconds without Redis until every token is rejected; `clock`: in milliseconds */
  constructor(
    private readonly redis: RedisConnection,
    settings: { maxStaleness: number; clock: () => number },
  ) {
    this.index = new RevocationIndex(settings.clock);
    this.freshness = new Freshness(() => this.reread(), settings.maxStaleness);
  }

  async onModuleInit(): Promise<void> {
    await this.follow();
  }

  onModuleDestroy(): void {
    this.stopped = true;
    this.subscriber?.destroy();
  }

  /**
   * @param seconds how long to keep the entries
   * @throws UnavailableError when Redis does not answer
   */
  async revoke(revocations: readonly Revocation[], seconds: number): Promise<void> {
    await this.share(revocations, seconds);
  }

  /** The same, for revocations made elsewhere, whose time is known. */
  async share(revocations: readonly Revocation[], seconds: number): Promise<void> {
    if (revocations.length === 0) return;
    const keys = revocations.map(({ kind, id }) => `${PREFIX}${kind}:${id}`);
    const times = revocations.map(({ since }) => (since ? String(since.getTime()) : ''));
    const written = await this.redis
      .run((client) => client.eval(WRITE, { keys, arguments: [String(seconds), ...times] }))
      .catch((cause) => {
        throw new UnavailableError({ cause, retryAfter: 1 });
      });
    for (const message of written as string[]) this.learn(message);
  }

  /** Whether the token is known to be revoked. Does not depend on Redis. */
  knows(token: RevocableToken): boolean {
    return this.index.has(token);
  }

  /** A promise, which may reject with `UnavailableError`, only while this instance is not up to date. */
  isRevoked(token: RevocableToken): boolean | Promise<boolean> {
    if (this.index.has(token)) return true;
    return this.freshness.isStale && this.freshness.look().then(() => this.index.has(token));
  }

  watch(watcher: RevocationWatcher): () => void {
    return this.index.watch(watcher);
  }

  /** The number of revocations held in memory. */
  get size(): number {
    return this.index.size;
  }

  /** Subscribes first and then reads what exists, so that nothing is lost in between. */
  private async follow(): Promise<void> {
    if (this.stopped) return;
    const client = this.redis.listener();
    this.subscriber = client;
    client.on('end', () => this.reconnect(client));
    client.on('error', () => this.reconnect(client));
    try {
      await client.connect();
      await client.subscribe(REVOKED, (message) => this.learn(message));
      await this.readAll();
      this.freshness.confirm();
      client.on('ping-interval', () => this.freshness.confirm());
    } catch {
      this.freshness.failed();
      this.reconnect(client);
    }
  }

  private reconnect(client: RedisClient): void {
    if (this.stopped || this.subscriber !== client) return;
    this.subscriber = undefined;
    client.destroy();
    setTimeout(() => void this.follow(), RETRY_MS).unref();
  }

  private async reread(): Promise<void> {
    const deadline = performance.now() + REREAD_MS;
    for (;;) {
      try {
        return await this.readAll();
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(REREAD_EVERY_MS);
      }
    }
  }

  private async readAll(): Promise<void> {
    let cursor = '0';
    do {
      const options = { MATCH: `${PREFIX}*`, COUNT: SCAN_COUNT };
      const page = await this.redis.run((client) => client.scan(cursor, options), 'SCAN');
      cursor = page.cursor;
      const values =
        page.keys.length > 0 ? await this.redis.run((client) => client.mGet(page.keys), 'MGET') : [];
      page.keys.forEach((key, i) => values[i] && this.learn(messageOf(key, values[i])));
    } while (cursor !== '0');
  }

  private learn(message: string): void {
    const entry: RevocationEntry | null = parseRevocation(message);
    if (!entry) return;
    this.index.add(entry);
    this.index.sweep();
  }
}

function messageOf(key: string, value: string): string {
  return `${key.slice(PREFIX.length).replace(':', ' ')} ${value}`;
}
