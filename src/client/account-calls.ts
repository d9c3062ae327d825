import { askWith, errorOf, isCurable, isDone, type LatchkeyUser, userIn } from './answer.js';
import type { ClientSession } from './client-session.js';
import type { Connection } from './connection.js';
import type { Exclusively } from './tab-locks.js';
import { factorNeededIn, type RegistrationOutcome } from './login-outcome.js';
import { sendUntilAnswered } from './send-until-answered.js';

/** The calls about the account: log in or register, log out, and find out who is signed in. */
export function accountCalls(
  { inCookies, post }: Connection,
  session: ClientSession,
  exclusively: Exclusively,
  /** With the session. */
  fetchWithSession: typeof fetch,
) {
  return { enter, leave, getUser };

  function enter(path: string, body: object, signal?: AbortSignal): Promise<RegistrationOutcome> {
    return exclusively(async () => {
      const before = await session.lookAround();
      const { deviceProof } = before;
      const answer = await post(path, path === 'auth/login' ? { deviceProof, ...body } : body, signal);
      if (path === 'auth/register' && answer.response.status === 202) return { outcome: 'mail-sent' };
      const needed = factorNeededIn(answer, inCookies);
      if (needed) return needed;
      const user = userIn(answer);
      await session.begin(answer, before, user);
      return { ...user, outcome: 'signed-in' };
    });
  }

  function leave(): Promise<void> {
    return exclusively(async () => {
      const { refreshToken } = await session.lookAround();
      if (!inCookies) {
        await session.end('LOGGED_OUT');
        if (!refreshToken) return;
      }
      const answer = await sendUntilAnswered(
        (signal) => post('auth/logout', { refreshToken }, signal),
        isDone,
      );
      if (!isDone(answer)) throw errorOf(answer);
      if (inCookies) await session.end('LOGGED_OUT');
    });
  }

  async function getUser(signal?: AbortSignal): Promise<LatchkeyUser | null> {
    const before = await session.look();
    if (session.isNobody(before)) return null;
    const known = session.userOf(before);
    if (known) return known;
    const answer = await askWith(fetchWithSession, 'auth/me', { signal });
    // A 401 without such a code is from something else, and says nothing about the session.
    if (isCurable(answer)) return null;
    const user = userIn(answer);
    const now = await session.look();
    // Somebody else may have logged in meanwhile.
    if (now.began === before.began) session.remember(now, user);
    return user;
  }
}
