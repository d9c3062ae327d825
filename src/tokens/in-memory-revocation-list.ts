import type { Revocation, RevocationList } from './revocation-list.js';

/** Remembers revocations in this process and forgets each once the tokens it concerns have expired. */
export class InMemoryRevocationList implements RevocationList {
  private readonly until = { session: new Map<string, number>(), token: new Map<string, number>() };

  constructor(private readonly clock: () => number = Date.now) {}

  async revoke({ kind, id, until }: Revocation): Promise<void> {
    const entries = this.until[kind];
    entries.delete(id); // so that it goes to the end of the map's order
    entries.set(id, until.getTime());
    this.forgetExpired(entries);
  }

  isRevoked({ jti, sid }: { jti: string; sid: string }): boolean {
    return this.until.session.has(sid) || this.until.token.has(jti);
  }

  /** How many revocations are remembered. */
  get size(): number {
    return this.until.session.size + this.until.token.size;
  }

  /** Entries of one kind live about equally long, so the oldest expire first: each call looks only at those. */
  private forgetExpired(entries: Map<string, number>): void {
    for (const [id, until] of entries) {
      if (until > this.clock()) return;
      entries.delete(id);
    }
  }
}
