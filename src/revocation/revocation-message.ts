import type { RevocationEntry } from './revocation-index.js';
import type { Revocation } from './revocation-list.js';

/** The channel, of PostgreSQL and of Redis, on which instances tell each other of revocations. */
export const REVOKED = 'latchkey_revocations';

/** Reads a revocation as it is told: `kind id since until`, times in milliseconds; `null` for anything else. */
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
