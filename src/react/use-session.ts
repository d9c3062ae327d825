/**
 * The session of a `latchkey/client` in a React app.
 * @module latchkey/react
 */
'use client';
import { useEffect, useSyncExternalStore } from 'react';
import type { LatchkeyClient, LatchkeyUser, SessionSnapshot } from '../client/latchkey-client.js';

const UNKNOWN: SessionSnapshot<never> = { status: 'unknown' };
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** The same when the service has answered, but refuses the tokens that it has just made. */
const REFUSED_PAUSE_MS = 600_000;

/**
 * Who is signed in, in all tabs: renders again when that changes. Asks the service who it is when this page does not
 * know yet, until there is an answer: less and less often, and again as soon as the session changes. `unknown` on a
 * server and until then.
 * @param client created once, outside of components
 */
export function useSession<User extends LatchkeyUser = LatchkeyUser>(
  client: Pick<LatchkeyClient<User>, 'subscribe' | 'getSnapshot' | 'getUser'>,
): SessionSnapshot<User> {
  const snapshot = useSyncExternalStore<SessionSnapshot<User>>(
    client.subscribe,
    client.getSnapshot,
    () => UNKNOWN,
  );
  const isOpen = snapshot.status !== 'signed-out' && !snapshot.user;

  useEffect(() => {
    if (!isOpen) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    const ask = async (pause: number): Promise<void> => {
      timer = undefined;
      // A failure says nothing about the session.
      const user = await client.getUser().catch(() => undefined);
      const longest = user === null ? REFUSED_PAUSE_MS : LONGEST_PAUSE_MS;
      if (!ended) timer = setTimeout(ask, Math.min(pause, longest), pause * 2);
    };
    const stop = client.subscribe(() => {
      if (timer === undefined) return;
      clearTimeout(timer);
      void ask(FIRST_PAUSE_MS);
    });
    void ask(FIRST_PAUSE_MS);
    return () => {
      ended = true;
      stop();
      clearTimeout(timer);
    };
  }, [client, isOpen]);

  return snapshot;
}
