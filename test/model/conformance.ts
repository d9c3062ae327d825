import type { ExpiredSessions } from '../../src/sessions/expired-sessions.js';
import type { SessionStore } from '../../src/sessions/session-store.js';
import type { UserRotation } from '../../src/tokens/user-rotation.js';
import {
  isExpired,
  isLive,
  isPastAbsoluteLimit,
  isWithinLeeway,
  type Row,
  STATEMENTS,
  type Token,
} from './session-row.js';
import { SHAPES, type Shape } from './shapes.js';

export const SESSION = '5e551041-0000-4000-8000-000000000000';
export const USER = 'the owner';
/** Accounts in the table of users. */
export const USERS = {
  active: '05e40000-0000-4000-8000-000000000001',
  disabled: '05e40000-0000-4000-8000-000000000002',
};
export const idOf = (token: Token) => `70ce0000-0000-4000-8000-00000000000${token}`;
export const idOrNone = (token: Token | null) => (token === null ? null : idOf(token));

/** A row as the model sees it: not its times, but what they mean. */
export interface Facts {
  current: string;
  previous: string | null;
  ended: boolean;
  isWithinLeeway: boolean;
  isExpired: boolean;
  isPastAbsoluteLimit: boolean;
  /** Whether the row expires at the earlier of its two limits, and the absolute one is where it was at the login. */
  hasRightLimits: boolean;
  /** Whether the table of revocations names the session if, and only if, it has ended. Of no use after its limit. */
  isEndAnnounced: boolean;
}

/** A store whose one row can be set and seen. */
export interface Subject {
  store: SessionStore;
  expired?: Pick<ExpiredSessions, 'deleteExpired'>;
  /** Rotations that also read the user. */
  withUsers?: UserRotation;
  put(row: Row | null, shape: Shape): Promise<void>;
  read(): Promise<Facts | null>;
}

/** A statement in the model, and in the store. */
interface Checked {
  model(row: Row | null, token: Token): { answer: unknown; row: Row | null };
  run(subject: Subject, token: Token): Promise<unknown>;
}

/** A rotation may issue this token. */
const NEXT: Token = 9;
const NEXT_OF_OTHER: Token = 8;
const OTHER_SESSION = '5e551041-0000-4000-8000-000000000001';

const rotation: Checked = {
  model(row, token) {
    const after = STATEMENTS.rotate(row, token, NEXT);
    if (after) return { answer: ['rotated', idOf(NEXT)], row: after };
    const judgment = STATEMENTS.judge(row, token);
    return { answer: judgment === 'replayed' ? [judgment, idOf(row!.current)] : [judgment], row };
  },
  async run({ store }, token) {
    const found = await store.rotate({ sid: SESSION, jti: idOf(token), nextJti: idOf(NEXT) });
    return 'session' in found ? [found.outcome, found.session.currentJti] : [found.outcome];
  },
};

/** Changes nothing, and gives no reason, where a rotation is refused. */
function rotationOf(userId: string, isBesideAnother: boolean): Checked {
  return {
    model(row, token) {
      const after = userId === USERS.active && STATEMENTS.rotate(row, token, NEXT);
      return after ? { answer: idOf(NEXT), row: after } : { answer: null, row };
    },
    async run({ withUsers }, token) {
      const presented = { sid: SESSION, jti: idOf(token), nextJti: idOf(NEXT), userId, room: 10 };
      const other = { ...presented, sid: OTHER_SESSION, nextJti: idOf(NEXT_OF_OTHER) };
      const all = isBesideAnother ? [presented, other] : [presented];
      const [session] = await Promise.all(all.map((each) => withUsers!.rotate(each)));
      return session?.currentJti ?? null;
    },
  };
}

const ofTokenAndUser = Object.fromEntries(
  Object.entries(USERS).flatMap(([name, userId]) => [
    [`rotate with the ${name} user`, rotationOf(userId, false)],
    [`rotate with the ${name} user beside another session`, rotationOf(userId, true)],
  ]),
);

const ofToken: Record<string, Checked> = {
  rotate: rotation,
  // Rotations of one turn of the event loop are one statement.
  'rotate beside another session': {
    model: rotation.model,
    async run(subject, token) {
      const other = { sid: OTHER_SESSION, jti: idOf(token), nextJti: idOf(NEXT_OF_OTHER) };
      const [answer] = await Promise.all([rotation.run(subject, token), subject.store.rotate(other)]);
      return answer;
    },
  },
  standingOf: {
    model(row, token) {
      const isCurrent = STATEMENTS.rotate(row, token, NEXT) !== null;
      return { answer: isCurrent ? 'current' : STATEMENTS.judge(row, token), row };
    },
    run: ({ store }, token) => store.standingOf!(SESSION, idOf(token)),
  },
  'isLive with a token': {
    model: (row, token) => ({ answer: STATEMENTS.rotate(row, token, NEXT) !== null, row }),
    run: ({ store }, token) => store.isLive(SESSION, idOf(token)),
  },
};

const endsIt = (answer: (hasEnded: boolean) => unknown): Checked['model'] => {
  return (row) => {
    const ended = STATEMENTS.end(row);
    return { answer: answer(ended !== null), row: ended ?? row };
  };
};
const isSeen = (row: Row | null) => ({ answer: row !== null && isLive(row), row });

const ofSession: Record<string, Checked> = {
  isLive: { model: isSeen, run: ({ store }) => store.isLive(SESSION) },
  listLive: { model: isSeen, run: async ({ store }) => (await store.listLive(USER)).length === 1 },
  reauthenticate: {
    model: isSeen,
    run: async ({ store }) => {
      const by = { acr: 'mfa', amr: ['pwd', 'otp'] } as const;
      return (await store.reauthenticate!(SESSION, USER, by)) !== null;
    },
  },
  lower: { model: isSeen, run: ({ store }) => store.lower!(SESSION, USER) },
  revoke: {
    model: endsIt((hasEnded) => (hasEnded ? USER : null)),
    run: ({ store }) => store.revoke(SESSION, 'logout'),
  },
  revokeAll: {
    model: endsIt((hasEnded) => (hasEnded ? [SESSION] : [])),
    run: ({ store }) => store.revokeAll(USER, 'user-disabled'),
  },
  'revokeAll except it': {
    model: (row) => ({ answer: [], row }),
    run: ({ store }) => store.revokeAll(USER, 'logout-all', SESSION),
  },
  revokeBefore: {
    model: endsIt((hasEnded) => (hasEnded ? [SESSION] : [])),
    run: async ({ store }) => (await store.revokeBefore!(null, 'ended', { limit: 10 })).ended,
  },
  cleanup: {
    model(row) {
      const isDeleted = row !== null && STATEMENTS.isDeleted(row);
      return { answer: isDeleted ? 1 : 0, row: isDeleted ? null : row };
    },
    run: async ({ expired }) => expired!.deleteExpired(10),
  },
};

/** Every pair of a row and a statement that the subject does otherwise than the model. */
export async function* differences(rows: (Row | null)[], subject: Subject): AsyncGenerator<string> {
  for (const { row, name, checked, token } of pairsOf(rows, subject)) {
    for (const shape of row ? SHAPES : SHAPES.slice(0, 1)) {
      await subject.put(row, shape);
      const expected = checked.model(row, token);
      const found = { answer: await checked.run(subject, token), facts: await subject.read() };
      const wanted = { answer: expected.answer, facts: expected.row && factsOf(expected.row) };
      const [is, should] = [JSON.stringify(found), JSON.stringify(wanted)];
      if (is !== should) yield `${name} of token ${token} in ${JSON.stringify(row)}: ${is}, not ${should}`;
    }
  }
}

export function pairsOf(
  rows: (Row | null)[],
  { expired, withUsers }: Pick<Subject, 'expired' | 'withUsers'>,
) {
  const pairs: { row: Row | null; name: string; checked: Checked; token: Token }[] = [];
  for (const row of rows) {
    // The one after the newest has never been issued, or its rotation was lost.
    for (let token = 1; token <= (row?.current ?? 0) + 1; token++)
      for (const [name, checked] of Object.entries({ ...ofToken, ...(withUsers && ofTokenAndUser) }))
        pairs.push({ row, name, checked, token });
    for (const [name, checked] of Object.entries(ofSession))
      if (name !== 'cleanup' || expired) pairs.push({ row, name, checked, token: 1 });
  }
  return pairs;
}

/** What the model says of a row. */
export function factsOf(row: Row): Facts {
  return {
    current: idOf(row.current),
    previous: idOrNone(row.previous),
    ended: row.ended,
    isWithinLeeway: isWithinLeeway(row),
    isExpired: isExpired(row),
    isPastAbsoluteLimit: isPastAbsoluteLimit(row),
    hasRightLimits: true,
    isEndAnnounced: true,
  };
}
