import { errorOf, type LatchkeyUser } from './answer.js';
import type { Connection, SentAnswer } from './connection.js';
import { type Session, sharedSession, type TokenStorage } from './shared-session.js';

/** How long before the access token expires a refresh is due; less for one that lives shorter than five minutes. */
const MAX_AHEAD_MS = 30_000;

/** The session: this client begins and ends it for all tabs, and calls its listeners when it is over. */
export type ClientSession = ReturnType<typeof clientSession>;

export function clientSession(
  name: string,
  { inCookies, clock }: Connection,
  storage: TokenStorage | undefined,
) {
  const listeners = new Set<(code: string) => void>();
  const shared = sharedSession(name, inCookies ? undefined : storage, !inCookies, tellWhenOver);
  let known: { version: number; user: LatchkeyUser } | undefined;

  function tellWhenOver({ signedIn, endedBy = '' }: Session, before: Session): void {
    if (signedIn !== false || before.signedIn === false) return;
    const wasAnonymous = endedBy === 'REFRESH_TOKEN_MISSING' && !before.signedIn && !known;
    known = undefined;
    if (!wasAnonymous) for (const listener of listeners) listener(endedBy);
  }

  return {
    look: shared.look,
    lookAround: shared.lookAround,
    /**
     * Call it under the lock, like `end`.
     * @throws LatchkeyError when the answer has no tokens, and they are not in cookies
     */
    async begin(answer: SentAnswer): Promise<Session> {
      const { accessToken, refreshToken, expiresIn = 0 } = answer.body;
      if (!inCookies && ![accessToken, refreshToken].every((token) => typeof token === 'string'))
        throw errorOf(answer);
      const lifetime = expiresIn * 1_000;
      const expiresAt = clock.at(answer.sent) + lifetime;
      return shared.change({
        signedIn: true,
        expiresAt,
        refreshAt: expiresAt - Math.min(MAX_AHEAD_MS, lifetime / 10),
        ...(!inCookies && { accessToken, refreshToken }),
      });
    },
    end: (endedBy: string): Promise<Session> => shared.change({ signedIn: false, endedBy }),
    /** The user, unless the session has changed since they were remembered. */
    userOf: ({ version }: Session) => (known?.version === version ? known.user : undefined),
    remember({ version }: Session, user: LatchkeyUser): void {
      known = { version, user };
    },
    onEnd(listener: (code: string) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: shared.close,
  };
}
