import type { RevocationEntry } from './revocation-index.js';
import type { Revocation } from './revocation-list.js';

/** The channel, in PostgreSQL and in Redis, on which instances notify each other of revocations. */
export const REVOKED = 'latchkey_revocations';

/** Parses a message, `kind id since until` with times in milliseconds; returns `null` for anything else. */
export function parseRevocation(message: string): RevocationEntry | null {
  const [, kind, id, since, until] = /^(session|token|user) (.+) (\d+) (\d+)$/s.exec(message) ?? [];
  if (!kind || !id) return null;
  return {
    kind: kind as Revocation['kind'],
    id,
    since: new Date(Number(since)),
    until: new Date(Number(until)),
  };
}
