import { errorOf, type LatchkeyUser, readAnswer, userIn } from './answer.js';
import type { ClientSession } from './client-session.js';
import type { Connection } from './connection.js';
import type { Exclusively } from './exclusively.js';
import type { LoginOutcome } from './login-outcome.js';
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

  function enter(path: string, body: object): Promise<LoginOutcome> {
    return exclusively(async () => {
      await session.lookAround();
      const answer = await post(path, body);
      const user = userIn(answer);
      session.remember(await session.begin(answer), user);
      return { ...user, outcome: 'signed-in' };
    });
  }

  function leave(): Promise<void> {
    return exclusively(async () => {
      const { refreshToken } = await session.lookAround();
      if (!inCookies) await session.end('LOGGED_OUT');
      if (!inCookies && !refreshToken) return;
      const answer = await sendUntilAnswered((signal) => post('auth/logout', { refreshToken }, signal));
      if (!answer.response.ok) throw errorOf(answer);
      if (inCookies) await session.end('LOGGED_OUT');
    });
  }

  async function getUser(): Promise<LatchkeyUser | null> {
    const current = await session.look();
    if (current.signedIn === false || (!inCookies && !current.refreshToken)) return null;
    const known = session.userOf(current);
    if (known) return known;
    const answer = await readAnswer(await fetchWithSession('auth/me'));
    if (answer.response.status === 401) return null;
    const user = userIn(answer);
    session.remember(await session.look(), user);
    return user;
  }
}
