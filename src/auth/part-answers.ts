import type { HostCall } from '../errors/host-call.js';
import type { RevocationList } from '../revocation/revocation-list.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { NewSession, Presentation, Session } from '../sessions/session-types.js';
import type { PasswordHasher } from '../users/password-hasher.js';
import { canonicalEmail } from '../users/email.js';
import type { NewUser, UserRecord, UserStore } from '../users/user-store.js';

/** What a method must return, and whether it may do so synchronously. */
export type PartAnswer = Omit<HostCall, 'name'> & {
  sync?: true;
  /** Whether an answer that fits belongs to what was asked. The record of somebody else would log in as them. */
  belongs?(answer: unknown, args: readonly unknown[]): boolean;
};

/** One answer for each method of a port. A missing one is a compile error. */
export type PartAnswers<Port> = { readonly [Method in keyof Port]-?: PartAnswer };

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string' && value !== '';
const isTime: Check = (value) => value instanceof Date && !Number.isNaN(value.getTime());
const isFlag: Check = (value) => typeof value === 'boolean';
const orNull =
  (fits: Check): Check =>
  (value) =>
    value === null || fits(value);
const listOf =
  (fits: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(fits);
const record =
  (members: Record<string, Check>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(members).every(([name, fits]) => fits((value as Record<string, unknown>)[name]));

const isUser = record({
  id: isText,
  email: (value) => typeof value === 'string',
  name: (value) => value === undefined || value === null || typeof value === 'string',
  roles: listOf((role) => typeof role === 'string'),
  permissions: listOf((permission) => typeof permission === 'string'),
  passwordHash: (value) => value === undefined || value === null || typeof value === 'string',
  disabled: isFlag,
  createdAt: isTime,
});
const isSession = record({
  id: isText,
  userId: isText,
  currentJti: isText,
  createdAt: isTime,
  rotatedAt: isTime,
  expiresAt: isTime,
  absoluteExpiresAt: isTime,
  now: isTime,
});
const isSessionInfo = record({ id: isText, createdAt: isTime, lastUsedAt: isTime, expiresAt: isTime });
const isEndedSessions = record({ before: isTime, ended: listOf(isText), next: orNull(isText) });

const REFUSALS = ['unknown', 'revoked', 'expired', 'reused'];
const isRotation: Check = (value) =>
  record({ outcome: (outcome) => REFUSALS.includes(outcome as string) })(value) ||
  record({ outcome: (outcome) => outcome === 'rotated' || outcome === 'replayed', session: isSession })(
    value,
  );
const isStanding: Check = (value) => ['current', 'replayed', ...REFUSALS].includes(value as string);

const FLAG: PartAnswer = { expected: 'true or false', fits: isFlag };
const USER = 'a complete UserRecord';
const USER_OR_NULL: PartAnswer = { expected: `${USER} or null`, fits: orNull(isUser) };

/** Says that an answer, unless it is `null`, belongs to the first argument. */
const belongsTo =
  <Asked, Answer>(isTheirs: (answer: Answer, asked: Asked) => boolean) =>
  (answer: unknown, [asked]: readonly unknown[]) =>
    answer === null || isTheirs(answer as Answer, asked as Asked);
const hasId = belongsTo<string, UserRecord>((user, id) => user.id === id);
const hasEmail = belongsTo<string, UserRecord>((user, email) => canonicalEmail(user.email) === email);
const isNewUser = belongsTo<NewUser, UserRecord>((user, { email }) => canonicalEmail(user.email) === email);
const isNewSession = belongsTo<NewSession, Session>(
  (session, { id, userId }) => session.id === id && session.userId === userId,
);
const isSessionOf = belongsTo<Presentation, { session?: Session }>(
  ({ session }, { sid }) => session === undefined || session.id === sid,
);
const IDS: PartAnswer = { expected: 'a list of ids', fits: listOf(isText) };
const FATES = new Set(['added', 'present', 'taken']);
const NOTHING: PartAnswer = { expected: 'nothing', fits: () => true };

export const USER_STORE: PartAnswers<UserStore> = {
  findById: { ...USER_OR_NULL, belongs: hasId },
  findByEmail: { ...USER_OR_NULL, belongs: hasEmail },
  create: { ...USER_OR_NULL, belongs: isNewUser },
  onCreate: { ...NOTHING, sync: true },
  replacePasswordHash: FLAG,
  setPasswordHash: FLAG,
  replaceEmail: FLAG,
  setName: FLAG,
  setDisabled: FLAG,
  setAccess: FLAG,
  remove: FLAG,
  list: { expected: `a list, each ${USER}`, fits: listOf(isUser) },
  addImported: {
    expected: "a list of 'added', 'present' or 'taken', one for each user",
    fits: listOf((fate) => FATES.has(fate as string)),
    limit: 60_000,
    belongs: (answer, [users]) => (answer as unknown[]).length === (users as unknown[]).length,
  },
};

export const SESSION_STORE: PartAnswers<SessionStore> = {
  create: { expected: 'a complete Session', fits: isSession, belongs: isNewSession },
  rotate: { expected: 'a RotationOutcome', fits: isRotation, belongs: isSessionOf },
  reauthenticate: {
    expected: 'a complete Session or null',
    fits: orNull(isSession),
    belongs: belongsTo<string, Session>((session, sid) => session.id === sid),
  },
  lower: FLAG,
  revoke: { expected: 'the id of a user or null', fits: orNull(isText) },
  revokeAll: IDS,
  revokeBefore: { expected: 'EndedSessions', fits: isEndedSessions },
  endSurplus: IDS,
  // Waits for its turn and then runs several statements.
  exclusively: { ...NOTHING, limit: 30_000, passesErrors: true },
  listLive: { expected: 'a list, each a complete SessionInfo', fits: listOf(isSessionInfo) },
  belongsTo: FLAG,
  isLive: FLAG,
  standingOf: { expected: 'a Standing', fits: isStanding },
};

export const REVOCATION_LIST: PartAnswers<RevocationList> = {
  revoke: NOTHING,
  isRevoked: { ...FLAG, sync: true },
  watch: { expected: 'a function', fits: (value) => typeof value === 'function', sync: true },
};

export const PASSWORD_HASHER: PartAnswers<PasswordHasher> = {
  hash: { expected: 'a hash, as text', fits: isText },
  verify: FLAG,
  needsRehash: { ...FLAG, sync: true },
  canVerify: { ...FLAG, sync: true },
};
