import { errorOf, hasSession } from './answer.js';
import type { LatchkeyError } from './client-error.js';
import type { ClientSession } from './client-session.js';
import type { Connection } from './connection.js';
import type { Exclusively } from './tab-locks.js';
import { FINAL_CODES } from './final-codes.js';
import { sendUntilAnswered } from './send-until-answered.js';
import type { Session } from './session-state.js';

export interface Renewal {
  /** The session, refreshed if its access token is about to expire. Throws when that is needed and fails. */
  upToDate(): Promise<Session>;
  /** A session newer than `stale`; the same one when nobody is signed in. */
  renew(stale: Session): Promise<Session>;
}

/** Refreshes the session, one refresh at a time in this page and in all tabs. Throws `LatchkeyError`s. */
export function sessionRenewal(
  { clock, inCookies, post }: Connection,
  own: ClientSession,
  exclusively: Exclusively,
): Renewal {
  let underWay: Promise<Session> | undefined;
  let refusal: { error: LatchkeyError; until: number } | undefined;
  return { upToDate, renew };

  async function upToDate(): Promise<Session> {
    const session = await own.look();
    if (!session.signedIn || clock.now() < session.refreshAt!) return session;
    try {
      return await renew(session);
    } catch (error) {
      if (clock.now() < session.expiresAt!) return session; // still good for this one request
      throw error;
    }
  }

  async function renew(stale: Session): Promise<Session> {
    const made = await (underWay ??= exclusively(() => renewAlone(stale)).finally(() => {
      underWay = undefined;
    }));
    // It joined a renewal that was begun for an older session.
    return made.version === stale.version && made.signedIn ? renew(stale) : made;
  }

  async function renewAlone(stale: Session): Promise<Session> {
    const session = await own.lookAround();
    const madeElsewhere = session.version !== stale.version && clock.now() < (session.refreshAt ?? 0);
    if (madeElsewhere) return session;
    if (own.isNobody(session)) return { ...session, signedIn: false };
    if (refusal && performance.now() < refusal.until) throw refusal.error;

    const answer = await ask(session);
    const { status, code } = errorOf(answer); // of an answer with a session, 200
    return isFinal(status, code) ? own.end(code) : own.begin(answer, session);
  }

  function ask({ refreshToken }: Session) {
    return sendUntilAnswered(
      (signal) => post('auth/refresh', { refreshToken }, signal),
      (answer) => hasSession(answer, inCookies),
    ).catch((error: LatchkeyError) => {
      refusal = { error, until: performance.now() + (error.retryAfter ?? 0) * 1_000 };
      throw error;
    });
  }
}

/** In a browser one more code is final: the browser drops the refresh cookie when the session's time is up. */
function isFinal(status: number, code: string): boolean {
  return status === 401 && [...FINAL_CODES, 'REFRESH_TOKEN_MISSING'].includes(code);
}
