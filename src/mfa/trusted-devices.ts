import { randomBytes, randomUUID } from 'node:crypto';
import type { RecordsInside } from '../actions/account-records.js';
import { sha256 } from '../actions/action-tokens.js';
import { isUuid } from '../database/uuid.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { ClientInfo } from '../sessions/session-types.js';

/** A device on which a user logs in without a second factor. */
export interface TrustedDevice {
  id: string;
  ip: string | null;
  userAgent: string | null;
  createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
}

export type NewTrustedDevice = Pick<TrustedDevice, 'id' | 'ip' | 'userAgent'> & {
  userId: string;
  /** SHA-256 of its secret. */
  secret: Buffer;
  /** The epoch of the account in which its user has proven the second factor. */
  epoch: number;
};

/**
 * Where trusted devices are kept. A device is trusted until it expires on the store's clock, or the epoch of its account
 * rises; any other one is as unknown as one that never existed. Each method is atomic.
 */
export interface TrustedDeviceStore {
  /** The store as a transaction sees it. */
  within(inside: RecordsInside | undefined): TrustedDeviceStore;
  /** Trusts a device for `seconds`: from the start not at all, if the epoch of its account has risen. */
  create(device: NewTrustedDevice, seconds: number): Promise<void>;
  /** Returns whether a device with this secret is trusted, and remembers that it was used. */
  use(userId: string, id: string, secret: Buffer): Promise<boolean>;
  /** Returns the trusted devices of a user, most recently used first. */
  listOf(userId: string): Promise<TrustedDevice[]>;
  /** Returns `false` if the user trusts no device with this id. */
  remove(userId: string, id: string): Promise<boolean>;
  /** The user no longer trusts any device. */
  removeAll(userId: string): Promise<void>;
  /** The number of devices that are no longer trusted because their time is over. */
  countExpired(): Promise<number>;
  /** Deletes up to `limit` of these; returns how many. */
  deleteExpired(limit: number): Promise<number>;
}

/** The injection token of the {@link TrustedDeviceStore}. */
export const TrustedDeviceStore = Symbol('TrustedDeviceStore');

/** The id and the secret, as they are in the cookie. */
const COOKIE = /^([\da-f-]{36})\.([\w-]{43})$/;

/** Lets users skip the second factor on devices that they trust. The password is always needed. */
export class TrustedDevices {
  /** @param lifetime seconds, from when the device was trusted */
  constructor(
    private readonly store: TrustedDeviceStore,
    private readonly events: AuthEvents,
    readonly lifetime: number,
  ) {}

  /**
   * Trusts the device of this client, and returns what its cookie holds.
   * @param epoch of the account, as it was before the second factor was proven: what has ended the trust in all devices
   *   since, such as a new password, must not be outrun
   */
  async trust(userId: string, epoch: number, client: ClientInfo = {}): Promise<string> {
    const [id, secret] = [randomUUID(), randomBytes(32)];
    const { ip = null, userAgent = null } = client;
    await this.store.create({ id, userId, secret: sha256(secret), epoch, ip, userAgent }, this.lifetime);
    await this.events.record({ type: 'device-trusted', deviceId: id, ...client, userId });
    return `${id}.${secret.toString('base64url')}`;
  }

  /** Whether this is the cookie of a device that the user trusts. */
  async isTrusted(userId: string, cookie: string | undefined): Promise<boolean> {
    const [, id, secret = ''] = COOKIE.exec(cookie ?? '') ?? [];
    if (!isUuid(id)) return false;
    return this.store.use(userId, id, sha256(Buffer.from(secret, 'base64url')));
  }

  /** Returns the trusted devices of a user, most recently used first. */
  listOf(userId: string): Promise<TrustedDevice[]> {
    return this.store.listOf(userId);
  }

  /** Returns `false` if the user trusts no device with this id. */
  async remove(userId: string, id: string, client?: ClientInfo): Promise<boolean> {
    if (!isUuid(id) || !(await this.store.remove(userId, id))) return false;
    await this.events.record({ type: 'device-untrusted', deviceId: id, ...client, userId });
    return true;
  }
}
