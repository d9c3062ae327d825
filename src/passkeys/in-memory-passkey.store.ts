import { randomBytes } from 'node:crypto';
import {
  type AddOutcome,
  HANDLE_BYTES,
  type KnownPasskey,
  type NewPasskey,
  type Passkey,
  type PasskeyStore,
  type UseOutcome,
} from './passkey-store.js';

/** Passkeys in the memory of this process, with the same guarantees as in PostgreSQL. For tests. */
export class InMemoryPasskeyStore implements PasskeyStore {
  private readonly passkeys = new Map<string, Passkey>();
  private readonly handles = new Map<string, Buffer>();

  /** @param now milliseconds since the epoch */
  constructor(private readonly now: () => number = Date.now) {}

  async handleOf(userId: string): Promise<Buffer> {
    const handle = this.handles.get(userId) ?? randomBytes(HANDLE_BYTES);
    this.handles.set(userId, handle);
    return handle;
  }

  async add(passkey: NewPasskey, most: number): Promise<AddOutcome> {
    if (this.of(passkey.userId).length >= most) return 'too-many';
    if (this.byCredential(passkey.credentialId)) return 'taken';
    const times = { createdAt: new Date(this.now()), lastUsedAt: null, suspendedAt: null };
    this.passkeys.set(passkey.id, { ...passkey, ...times });
    return 'added';
  }

  async find(credentialId: string): Promise<KnownPasskey | null> {
    const found = this.byCredential(credentialId);
    return found ? { ...found, handle: this.handles.get(found.userId) ?? null } : null;
  }

  async listOf(userId: string): Promise<Passkey[]> {
    return this.of(userId).map((passkey) => ({ ...passkey }));
  }

  async use(id: string, { counter, backedUp }: { counter: number; backedUp: boolean }): Promise<UseOutcome> {
    const passkey = this.passkeys.get(id);
    if (!passkey || passkey.suspendedAt) return 'gone';
    const now = new Date(this.now());
    if (counter <= passkey.counter && (counter > 0 || passkey.counter > 0)) return 'regressed';
    Object.assign(passkey, { counter, backedUp, lastUsedAt: now });
    return 'used';
  }

  async suspend(id: string): Promise<boolean> {
    const passkey = this.passkeys.get(id);
    if (!passkey || passkey.suspendedAt) return false;
    passkey.suspendedAt = new Date(this.now());
    return true;
  }

  async rename(userId: string, id: string, name: string): Promise<boolean> {
    const passkey = this.owned(userId, id);
    if (passkey) passkey.name = name;
    return passkey !== undefined;
  }

  async remove(userId: string, id: string): Promise<boolean> {
    return this.owned(userId, id) !== undefined && this.passkeys.delete(id);
  }

  async removeOf(userId: string): Promise<number> {
    const gone = this.of(userId);
    for (const { id } of gone) this.passkeys.delete(id);
    return gone.length;
  }

  private of(userId: string): Passkey[] {
    return [...this.passkeys.values()].filter((passkey) => passkey.userId === userId);
  }

  private owned(userId: string, id: string): Passkey | undefined {
    return this.of(userId).find((passkey) => passkey.id === id);
  }

  private byCredential(credentialId: string): Passkey | undefined {
    return [...this.passkeys.values()].find((passkey) => passkey.credentialId === credentialId);
  }
}
