import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { ActionPurpose } from '../actions/action-purposes.js';
import type { ActionStore } from '../actions/action-store.js';
import { PasskeyRejection } from './passkey-rejection.js';

/** What is done with a passkey. A challenge for one is none for another. */
export type CeremonyPurpose = Extract<ActionPurpose, `passkey-${string}`>;

/** What a ceremony is for, and whose it is. */
export interface Ceremony {
  purpose: CeremonyPurpose;
  /** Not known before a login without a password. */
  userId?: string;
  /** The session or the ticket in which it takes place. */
  boundTo?: string;
}

/** A ceremony that has begun. */
export interface BegunCeremony {
  ticket: string;
  /** 32 random bytes in base64url. */
  challenge: string;
}

/** How long a ceremony may take, in milliseconds: browsers stop asking then. */
export const CEREMONY_MS = 300_000;

/**
 * Ceremonies of WebAuthn as actions whose secret is the challenge. A challenge is used up by the first response that
 * carries it, whatever comes of the response.
 */
export class Ceremonies {
  constructor(private readonly actions: ActionStore) {}

  async begin({ purpose, userId, boundTo }: Ceremony): Promise<BegunCeremony> {
    const challenge = randomBytes(32);
    const id = randomUUID();
    await this.actions.create({
      id,
      purpose,
      secrets: [sha256(challenge)],
      ...(userId !== undefined && { userId }),
      ...(boundTo !== undefined && { binding: sha256(boundTo) }),
    });
    return { ticket: id, challenge: challenge.toString('base64url') };
  }

  /**
   * Uses the challenge up. Of any number of parallel calls, one succeeds.
   * @param challenge the one that was signed
   * @throws PasskeyRejection if it was not issued for this, or was used or expired
   */
  async finish({ ticket, challenge }: BegunCeremony, { purpose, userId, boundTo }: Ceremony): Promise<void> {
    const action = await this.actions.consume(ticket, sha256(Buffer.from(challenge, 'base64url')));
    const isBound = boundTo === undefined || action?.binding?.equals(sha256(boundTo)) === true;
    if (action?.purpose !== purpose || action.userId !== (userId ?? null) || !isBound)
      throw new PasskeyRejection('challenge');
  }
}

function sha256(bytes: Buffer | string): Buffer {
  return createHash('sha256').update(bytes).digest();
}
