import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Keys } from '../keys/key-set.js';
import type { SigningKey } from '../keys/signing-key.js';
import type { UserRecord } from '../users/user-store.js';
import { toSeconds } from './access-tokens.js';
import { isSame } from './is-same.js';

/** Seconds: 180 days. */
export const DEVICE_PROOF_TTL = 180 * 86_400;

const ID_BYTES = 18;
/** The id of the device, when the proof was made in seconds, and the signature. */
const FORM = /^([\w-]{24})\.(\d{1,11})\.([\w-]{43})$/;

/** What a proof is about. */
export type ProvenUser = Pick<UserRecord, 'id' | 'passwordHash'>;

/**
 * Proofs that a device has signed in to an account before, as in OWASP's device cookies. A proof is not a credential: it
 * only gives the device a count of its own for failed attempts, so that those of strangers do not make it wait.
 *
 * A proof contains no name and no id of a user. It is bound to the user and their password hash: after a change of the
 * password, it is worth nothing. Anything else than a valid proof is as good as none.
 */
export class DeviceProofs {
  private readonly derived = new WeakMap<SigningKey, Buffer>();

  /**
   * @param keys those of the refresh tokens: one signs, all are accepted
   * @param clock milliseconds since the epoch
   */
  constructor(
    private readonly keys: Keys,
    private readonly clock: () => number,
  ) {}

  /** @param device the id of a device that had a proof, to keep its count; by default, a new one */
  async issue(user: ProvenUser, device = randomBytes(ID_BYTES).toString('base64url')): Promise<string> {
    const pending = this.keys.choice.fresh?.();
    if (pending) await pending;
    const content = `${device}.${toSeconds(new Date(this.clock()))}`;
    return `${content}.${this.signature(content, user, this.keys.current)}`;
  }

  /** Returns the id of the device, if this is its proof for this user. Does the same work for an unknown user. */
  recognize(proof: string | undefined, user: ProvenUser | null): string | undefined {
    const [, device, madeAt, given] = FORM.exec(proof ?? '') ?? [];
    if (!device || !madeAt || !given) return undefined;
    const content = `${device}.${madeAt}`;
    const isSigned = this.keys
      .all()
      .map((key) => isSame(given, this.signature(content, user, key)))
      .includes(true);
    const isFresh = this.clock() / 1000 - Number(madeAt) < DEVICE_PROOF_TTL;
    return user && isSigned && isFresh ? device : undefined;
  }

  private signature(content: string, user: ProvenUser | null, key: SigningKey): string {
    const about = [content, user?.id ?? '', user?.passwordHash ?? ''];
    return createHmac('sha256', this.keyOf(key)).update(JSON.stringify(about)).digest('base64url');
  }

  private keyOf(key: SigningKey): Buffer {
    const known = this.derived.get(key);
    if (known) return known;
    const made = Buffer.from(hkdfSync('sha256', key.privateKey, '', 'latchkey device proofs', 32));
    this.derived.set(key, made);
    return made;
  }
}
