import { AuthEvents } from '../../src/events/auth-events.js';
import { InMemoryRevocationList } from '../../src/revocation/in-memory-revocation-list.js';
import type { Revocation } from '../../src/revocation/revocation-list.js';
import { RevocationChecks } from '../../src/revocation/revocation-checks.js';
import { SessionEnder } from '../../src/revocation/session-ender.js';
import type { Session } from '../../src/sessions/session-types.js';
import { Rotation } from '../../src/tokens/rotation.js';
import type { TokenPairs } from '../../src/tokens/token-pairs.js';
import type { UserRotation } from '../../src/tokens/user-rotation.js';
import type { UserRecord, UserStore } from '../../src/users/user-store.js';
import { type Facts, idOf, SESSION, USER, USERS } from './conformance.js';
import type { Token } from './session-row.js';
import { SHAPES } from './shapes.js';
import type { State } from './state.js';
import { inMemorySubject } from './subjects.js';

/** What can be seen of a request: the changes in their order, its end, and what is left behind. */
export interface Observed {
  changes: string[];
  answer: 'accepted' | 'refused' | 'ended';
  /** The refresh token in the answer. */
  successor: string | null;
  facts: Facts | null;
  knows: boolean;
}

/** Parts of the service to be replaced by wrong ones. */
export interface Wrong {
  users?: Partial<UserStore>;
  knowsEnded?: () => Promise<boolean>;
  /** In place of recording a revocation. */
  forbid?: () => Promise<void>;
}

const SIGNED = { iss: '', aud: '', type: 'refresh', exp: 0, iat: Math.floor(Date.now() / 1_000) } as const;

/**
 * Lets the real service, on stores in memory, work on one request in this state of the model.
 * @param inOneStatement whether it can read the user while it rotates
 */
export async function observe(
  { database, knows }: State,
  token: Token | null,
  inOneStatement: boolean,
  wrong: Wrong = {},
): Promise<Observed> {
  const changes: string[] = [];
  const subject = inMemorySubject();
  await subject.put(database.row, SHAPES[0]!);
  const list = new InMemoryRevocationList();
  if (knows[0]) await list.revoke([{ kind: 'session', id: SESSION }], 900);
  const isKnown = () => list.isRevoked({ sid: SESSION, jti: '', sub: '', iat: Number.MAX_SAFE_INTEGER });

  const { store } = subject;
  const { rotate, revoke } = store;
  store.rotate = async (presented) => {
    const rotation = await rotate.call(store, presented);
    if (rotation.outcome === 'rotated') changes.push('rotate');
    return rotation;
  };
  store.revoke = async (...session) => {
    const userId = await revoke.apply(store, session);
    if (userId !== null) changes.push('end');
    return userId;
  };
  const revocations = {
    isRevoked: list.isRevoked.bind(list),
    async revoke(revoked: Revocation[], seconds: number) {
      if (wrong.forbid) return wrong.forbid();
      if (!isKnown()) changes.push('tell');
      await list.revoke(revoked, seconds);
    },
  };
  const users = { findById: async () => ({ disabled: database.disabled }) as UserRecord, ...wrong.users };
  const pairs = {
    prepare: async () => ({}),
    roomForRoles: () => 10,
    of: async (_: object, session: Session) => session,
  };
  /** What `rotation-sql.spec.ts` shows of the statement. */
  const together: Pick<UserRotation, 'rotate'> = {
    async rotate(presented) {
      const isCurrent = !database.disabled && (await store.isLive(presented.sid, presented.jti));
      const found = isCurrent && (await store.rotate(presented));
      return found && 'session' in found ? { ...found.session, roles: [], permissions: [] } : undefined;
    },
  };

  const events = new AuthEvents(Date.now, () => undefined);
  const ender = new SessionEnder(store, revocations, events, 900);
  const checks = new RevocationChecks(revocations, store, users as UserStore, 'deny-list');
  if (wrong.knowsEnded) checks.knowsEnded = wrong.knowsEnded;
  const rotation = new Rotation(
    store,
    users as UserStore,
    pairs as unknown as TokenPairs,
    ender,
    checks,
    events,
    inOneStatement ? (together as UserRotation) : undefined,
  );

  let [answer, successor]: [Observed['answer'], string | null] = ['ended', null];
  if (token === null) await ender.end(SESSION, 'logout');
  else
    try {
      const claims = { ...SIGNED, sub: inOneStatement ? USERS.active : USER, sid: SESSION, jti: idOf(token) };
      const pair = (await rotation.rotate(claims)) as unknown as Session;
      [answer, successor] = ['accepted', pair.currentJti];
    } catch {
      answer = 'refused';
    }
  return { changes, answer, successor, facts: await subject.read(), knows: isKnown() };
}
