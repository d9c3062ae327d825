import { createHash, createHmac, randomBytes } from 'node:crypto';
import { normalizeIp, type ThrottlerStorage } from '@nestjs/throttler';
import type { ResourceClients } from '../../clients/resource-clients.js';
import { RateLimitedError } from '../../errors/auth-errors.js';
import type { AuthEvents } from '../../events/auth-events.js';
import { clientNetwork } from '../../events/client-network.js';
import type { ResolvedRateLimit } from '../../options/rate-limits.options.js';
import type { ClientInfo } from '../../sessions/session-types.js';
import type { ClientCredentials } from './client-credentials.js';

/** Counts that can be taken back, because an attempt counts as a failure until it has succeeded. */
export interface FailureCounts extends Pick<ThrottlerStorage, 'increment'> {
  takeBack(key: string): Promise<void>;
}

/** From one address or network, under any client ids: this many times the limit for one id. */
const IDS_PER_PLACE = 5;
/** Far more than there are resource servers. */
const MAX_KNOWN = 1_000;
const THROTTLER = 'clients';

/**
 * Limits how often a client address may present a wrong client secret: a number of failures for each client id, and
 * five times as many in total; of IPv6 addresses also by /56 and /48, where there are limits for these. Over a limit, the
 * database is not asked. Successes do not count, and failures from elsewhere do not either. A secret that was right before passes regardless of the limit and is still looked up
 * each time, so that a removed client loses access immediately.
 */
export class ClientAttempts {
  /** Verifications in progress, so that many simultaneous requests of one client are one attempt. */
  private readonly pending = new Map<string, Promise<boolean>>();
  /** Keyed hashes of credentials that were right, oldest first. */
  private readonly known = new Set<string>();
  private readonly key = randomBytes(32);

  /** @param limit `undefined`: no limit */
  constructor(
    private readonly clients: Pick<ResourceClients, 'verify'>,
    private readonly counts: FailureCounts,
    private readonly events: AuthEvents,
    private readonly limit: ResolvedRateLimit | undefined,
  ) {}

  /**
   * Whether the credentials are those of a registered client.
   * @throws RateLimitedError | UnavailableError
   */
  verify(given: ClientCredentials, from: ClientInfo): Promise<boolean> {
    if (!this.limit) return this.clients.verify(given.id, given.secret);
    const key = this.hashed(given.id, given.secret, from.ip ?? '');
    const pending = this.pending.get(key) ?? this.judge(given, from).finally(() => this.pending.delete(key));
    this.pending.set(key, pending);
    return pending;
  }

  private async judge({ id, secret }: ClientCredentials, from: ClientInfo): Promise<boolean> {
    const hash = this.hashed(id, secret);
    if (this.known.has(hash)) {
      if (await this.clients.verify(id, secret)) return true;
      this.known.delete(hash);
    }
    const keys = await this.count(id, from);
    const isRight = await this.clients.verify(id, secret).catch(async (error: unknown) => {
      await this.takeBack(keys);
      throw error;
    });
    if (!isRight) return false;
    this.remember(hash);
    await this.takeBack(keys);
    return true;
  }

  /** Counts before the secret is checked, so that parallel guesses cannot outrun the count. Returns what was counted. */
  private async count(id: string, from: ClientInfo): Promise<string[]> {
    const { seconds } = this.limit!;
    const counted = placesOf(from.ip ?? '', this.limit!).flatMap(({ place, limit }) => [
      { key: keyOf(place, id), limit },
      { key: keyOf(place), limit: limit * IDS_PER_PLACE },
    ]);
    for (const { key, limit: most } of counted) {
      const { isBlocked, timeToBlockExpire } = await this.counts.increment(
        key,
        seconds * 1000,
        most,
        0,
        THROTTLER,
      );
      if (!isBlocked) continue;
      this.events.emit({ type: 'throttled', limit: THROTTLER, ...from });
      throw new RateLimitedError({ retryAfter: Math.max(1, timeToBlockExpire) });
    }
    return counted.map(({ key }) => key);
  }

  private async takeBack(keys: string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.counts.takeBack(key)));
  }

  private remember(hash: string): void {
    if (this.known.size >= MAX_KNOWN) this.known.delete(this.known.values().next().value!);
    this.known.add(hash);
  }

  private hashed(...parts: string[]): string {
    return createHmac('sha256', this.key).update(JSON.stringify(parts)).digest('base64url');
  }
}

/** The address, then its wider networks that have a limit: one /64 alone cannot use up the limit of its network. */
function placesOf(ip: string, { limit, limitPer56, limitPer48 }: ResolvedRateLimit) {
  const places = [{ place: normalizeIp(ip), limit }];
  const addNetwork = (prefix: 48 | 56, most: number | undefined) => {
    const place = clientNetwork(ip, prefix);
    if (most !== undefined && place.endsWith(`/${prefix}`)) places.push({ place, limit: most });
  };
  addNetwork(56, limitPer56);
  addNetwork(48, limitPer48);
  return places;
}

/** Hashed, so that Redis contains neither addresses nor what strangers claim to be. */
function keyOf(...parts: string[]): string {
  return `${THROTTLER}:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
}
