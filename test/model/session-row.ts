/** Refresh tokens of a session, numbered in the order in which they were issued. */
export type Token = number;

/**
 * The row of a session, as far as it decides anything. Time passes in ticks; one tick is longer than the leeway, two are
 * longer than the idle limit, and three are longer than the absolute limit.
 */
export interface Row {
  current: Token;
  previous: Token | null;
  /** Ticks since `current` was issued. */
  age: number;
  /** Ticks since the login. */
  life: number;
  ended: boolean;
}

export const LEEWAY = 1;
export const IDLE_LIMIT = 2;
export const ABSOLUTE_LIMIT = 3;

export const NEW_ROW: Row = { current: 1, previous: null, age: 0, life: 0, ended: false };

export const isWithinLeeway = (row: Row) => row.age < LEEWAY;
export const isPastAbsoluteLimit = (row: Row) => row.life >= ABSOLUTE_LIMIT;
export const isExpired = (row: Row) => row.age >= IDLE_LIMIT || isPastAbsoluteLimit(row);
export const isLive = (row: Row) => !row.ended && !isExpired(row);

/** Ticks beyond the last limit make no difference. */
export function olderByOneTick(row: Row): Row {
  return {
    ...row,
    age: Math.min(row.age + 1, IDLE_LIMIT),
    life: Math.min(row.life + 1, ABSOLUTE_LIMIT),
  };
}

/** What a token that did not rotate is worth; see `src/sessions/reuse-policy.ts`. */
export type Judgment = 'replayed' | 'reused' | 'expired' | 'revoked' | 'unknown';

/** The statements that PostgreSQL runs, each atomic. `null`: no row matched, nothing has changed. */
export interface Statements {
  /** `UPDATE … WHERE current_jti = token AND live` */
  rotate(row: Row | null, token: Token, next: Token): Row | null;
  /** The `SELECT` after a rotation that matched no row. */
  judge(row: Row | null, token: Token): Judgment;
  /** `UPDATE … SET revoked_at … WHERE revoked_at IS NULL` */
  end(row: Row | null): Row | null;
  /** Whether cleanup deletes the row. */
  isDeleted(row: Row): boolean;
}

export const STATEMENTS: Statements = {
  rotate(row, token, next) {
    if (!row || row.current !== token || !isLive(row)) return null;
    return { ...row, previous: row.current, current: next, age: 0 };
  },
  judge(row, token) {
    if (!row) return 'unknown';
    if (row.ended) return 'revoked';
    if (isExpired(row) || row.current === token) return 'expired';
    return row.previous === token && isWithinLeeway(row) ? 'replayed' : 'reused';
  },
  end: (row) => (row && !row.ended ? { ...row, ended: true } : null),
  isDeleted: isPastAbsoluteLimit,
};

/** What presenting a token now would lead to if nothing else ran. */
export function worthOf({ rotate, judge }: Statements, row: Row | null, token: Token): 'rotated' | Judgment {
  return rotate(row, token, token + 1) ? 'rotated' : judge(row, token);
}
