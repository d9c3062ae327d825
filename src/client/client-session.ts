import { errorOf, hasSession, type LatchkeyUser } from './answer.js';
import type { Connection, SentAnswer } from './connection.js';
import type { Session } from './session-state.js';
import { sharedSession } from './shared-session.js';
import { listenersOf, sessionSnapshot } from './snapshot.js';
import type { TabLocks } from './tab-locks.js';
import type { StorageOption } from './token-storage.js';

/** How long before the access token expires a refresh is due; less for one that lives shorter than five minutes. */
const MAX_AHEAD_MS = 30_000;

/** The session: this client begins and ends it for all tabs, and calls its listeners when that happens. */
export type ClientSession = ReturnType<typeof clientSession>;

export function clientSession(
  name: string,
  { inCookies, clock }: Connection,
  locks: TabLocks,
  storage: StorageOption | undefined,
) {
  const begins = listenersOf<void>();
  const ends = listenersOf<string>();
  const { getSnapshot, show, subscribe } = sessionSnapshot();
  const { change, close, look, lookAround } = sharedSession(
    name,
    locks,
    inCookies ? undefined : storage,
    !inCookies,
    notice,
  );
  /** The user, and the session as it was when the service said so. */
  let known: (Pick<Session, 'began' | 'version'> & { user: LatchkeyUser }) | undefined;

  function notice({ signedIn, began, endedBy = '' }: Session, before: Session): void {
    const { status } = getSnapshot();
    if (signedIn === false) {
      const wasAnonymous = endedBy === 'REFRESH_TOKEN_MISSING' && !before.signedIn && !known;
      known = undefined;
      show('signed-out');
      if (before.signedIn !== false && !wasAnonymous) ends.call(endedBy);
      return;
    }
    if (known?.began !== began) known = undefined;
    show('signed-in', known?.user);
    // Not when a page has just been loaded and learns of an older login.
    const isNew = known?.version === 0 || status === 'signed-out' || before.began;
    if (isNew && began && began !== before.began) begins.call();
  }

  function remember({ began, version }: Session, user: LatchkeyUser): void {
    known = { began, version, user };
    show('signed-in', user);
  }

  /** Nobody is signed in, unless another tab or the storage says so later. */
  function isNobody({ signedIn, refreshToken }: Session): boolean {
    return signedIn === false || (!inCookies && !refreshToken);
  }

  return {
    lookAround,
    async look(): Promise<Session> {
      const session = await look();
      if (isNobody(session)) show('signed-out');
      return session;
    },
    isNobody,
    /**
     * Begins the session of this user, or continues that of before. Call it under the lock, like `end`.
     * @throws LatchkeyError when the answer has no tokens, or no lifetime
     */
    async begin(answer: SentAnswer, before: Session, user?: LatchkeyUser): Promise<Session> {
      if (!hasSession(answer, inCookies)) throw errorOf(answer);
      clock.learn(answer.response, answer.sent);
      const { accessToken, refreshToken, expiresIn } = answer.body;
      const deviceProof = answer.response.headers.get('x-device-proof');
      const lifetime = expiresIn! * 1_000;
      const expiresAt = clock.at(answer.sent) + lifetime;
      const began = user ? Date.now() : before.began;
      if (user) known = { began, version: 0, user };
      const session = await change({
        signedIn: true,
        began,
        expiresAt,
        refreshAt: expiresAt - Math.min(MAX_AHEAD_MS, lifetime / 10),
        ...(!inCookies && { accessToken, refreshToken, ...(deviceProof && { deviceProof }) }),
      });
      if (user) remember(session, user);
      return session;
    },
    end: (endedBy: string): Promise<Session> => change({ signedIn: false, endedBy }),
    /** The user, unless the session has changed since they were remembered. */
    userOf: ({ version }: Session) => (known?.version === version ? known.user : undefined),
    remember,
    /** What the client shows of it. */
    shown: { getSnapshot, subscribe, onSignedIn: begins.add, onSignedOut: ends.add, close },
  };
}
