import { createHash } from 'node:crypto';

/** Counts by key; the rate limits' storage is one. */
export interface RequestCounts {
  /** @param ttl milliseconds after the first count at which it starts over */
  increment(key: string, ttl: number, limit: number): Promise<{ isBlocked: boolean }>;
}

const HOUR_MS = 3_600_000;

/** How many mails one mailbox gets that somebody else may have asked for. */
const LIMITS = [
  { name: 'hour', most: 3, per: HOUR_MS },
  { name: 'day', most: 10, per: 24 * HOUR_MS },
];

/** Keeps anyone from flooding a mailbox through us, from however many addresses. Addresses without an account count too. */
export class MailboxLimits {
  /** @param counts `undefined`: no limits */
  constructor(private readonly counts: RequestCounts | undefined) {}

  /** Counts a mail, and returns whether it may be sent. */
  async allow(canonicalEmail: string): Promise<boolean> {
    const mailbox = createHash('sha256').update(canonicalEmail).digest('base64url');
    let allowed = true;
    for (const { name, most, per } of this.counts ? LIMITS : [])
      if ((await this.counts!.increment(`mailbox-${name}:${mailbox}`, per, most)).isBlocked) allowed = false;
    return allowed;
  }
}
