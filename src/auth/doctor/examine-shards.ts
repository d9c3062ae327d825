import type { Finding } from './finding.js';

/** What was found about one shard; a text if it cannot be reached. */
export interface ExaminedShard {
  number: number;
  found: readonly Finding[] | string;
}

/** What to do about a shard that cannot be reached. */
const AWAY =
  'its sessions wait until it can; check sessions.shards (DATABASE_SHARDS), and that PostgreSQL is running';

/** Names the shards that something is wrong with. */
export function examineShards(shards: readonly ExaminedShard[]): Finding[] {
  if (shards.length === 0) return [];
  const findings = shards.flatMap(({ number, found }): Finding[] =>
    typeof found === 'string'
      ? [
          {
            check: 'shards',
            state: 'problem',
            message: `shard ${number} cannot be reached (${found}): ${AWAY}`,
          },
        ]
      : found
          .filter(({ state }) => state !== 'ok')
          .map(({ check, state, message }) => ({
            check: 'shards',
            state,
            message: `shard ${number}, ${check}: ${message}`,
          })),
  );
  const message = `${shards.length === 1 ? 'it answers' : `all ${shards.length} answer`}, with the tables of this version`;
  return findings.length > 0 ? findings : [{ check: 'shards', state: 'ok', message }];
}
