import { explore } from './explore.js';
import { NEW_ROW, olderByOneTick, type Row, STATEMENTS } from './session-row.js';

/** The current token, its direct predecessor, and an older one. */
const TOKENS = 3;

/** Every row that the statements and time can lead to, and none at all. */
export function reachableRows(): (Row | null)[] {
  const rows: (Row | null)[] = [];
  const stepsFrom = (row: Row | null) => {
    if (!row) return [];
    const rotated = row.current < TOKENS ? STATEMENTS.rotate(row, row.current, row.current + 1) : null;
    const after = [olderByOneTick(row), STATEMENTS.end(row) ?? row, rotated ?? row];
    return [...after, STATEMENTS.isDeleted(row) ? null : row].map((each) => ({ name: '', after: each }));
  };
  const keyOf = (row: Row | null) => JSON.stringify(row);
  explore<Row | null, { name: string; after: Row | null }>(
    { initial: NEW_ROW, stepsFrom, keyOf, brokenBy: () => [] },
    (row) => rows.push(row),
  );
  return rows;
}
