import type { OwnPostgres } from './own-postgres.js';

/** One version of a session's row, as committed. */
export interface Entry {
  sid: string;
  operation: 'INSERT' | 'UPDATE' | 'DELETE';
  current: string;
  previous: string | null;
  revoked: boolean;
  /** The row was past its absolute limit. */
  expired: boolean;
}

/**
 * Makes PostgreSQL record every version of every session's row from now on: the state of the table at all
 * times, not only in samples.
 */
export async function keepLedger(postgres: Pick<OwnPostgres, 'query'>): Promise<void> {
  await postgres.query(`
    CREATE TABLE ledger (
      n bigserial PRIMARY KEY, sid uuid, operation text, current uuid, previous uuid, revoked boolean, expired boolean
    );
    CREATE FUNCTION write_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE version refresh_tokens := COALESCE(NEW, OLD);
    BEGIN
      INSERT INTO ledger (sid, operation, current, previous, revoked, expired) VALUES (
        version.id, TG_OP, version.current_jti, version.previous_jti, version.revoked_at IS NOT NULL,
        version.absolute_expires_at < clock_timestamp()
      );
      RETURN NULL;
    END $$;
    CREATE TRIGGER ledger AFTER INSERT OR UPDATE OR DELETE ON refresh_tokens
      FOR EACH ROW EXECUTE FUNCTION write_ledger();
    INSERT INTO ledger (sid, operation, current, previous, revoked, expired)
      SELECT id, 'INSERT', current_jti, previous_jti, revoked_at IS NOT NULL, false FROM refresh_tokens;`);
}

export function readLedger(postgres: Pick<OwnPostgres, 'query'>): Promise<Entry[]> {
  return postgres.query<Entry>(
    'SELECT sid, operation, current, previous, revoked, expired FROM ledger ORDER BY n',
  );
}

/**
 * The promises that the ledger breaks. A row has one current token, so at most one is live as long as the
 * row moves in one line: from each token to a new one, never back, never on after its end, and never deleted early.
 */
export function brokenLines(entries: readonly Entry[]): string[] {
  const sessions = new Map<string, Entry[]>();
  for (const entry of entries) sessions.set(entry.sid, [...(sessions.get(entry.sid) ?? []), entry]);
  return [...sessions.values()].flatMap((versions) => {
    const seen = new Set<string>();
    return versions.flatMap((version, i) => {
      const before = versions[i - 1];
      const known = seen.has(version.current);
      seen.add(version.current);
      return brokenStep(before, version, known).map((what) => `${version.sid}: ${what}`);
    });
  });
}

function brokenStep(before: Entry | undefined, now: Entry, known: boolean): string[] {
  if (!before) return now.operation === 'INSERT' ? [] : ['a session began without a login'];
  if (now.operation === 'INSERT') return ['a session has two rows'];
  if (now.operation === 'DELETE') return now.expired ? [] : ['evidence was deleted before its time'];
  if (before.revoked && !now.revoked) return ['an ended session was revived'];
  if (now.current === before.current) return [];
  if (before.revoked) return ['an ended session moved on'];
  if (known) return ['a replaced token became current again'];
  return now.previous === before.current ? [] : ['a session moved on from a token that was not current'];
}
