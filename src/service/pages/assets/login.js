import { client, proceed } from './page.js';
import { data } from './words.js';

/**
 * Signs in with a password, and with what is needed besides.
 * @param news what has just been set up for the second step
 */
export async function signIn(credentials, button, news) {
  await proceed(await client.login(credentials), button, nextSteps(credentials, button, news));
}

/** What follows the outcomes of a login or a registration that need a second factor. */
export function nextSteps(credentials, button, news) {
  const again = (next) => signIn(credentials, button, next);
  return (
    data.factors && {
      'mfa-required': async (ended) => (await import('./second-step.js')).ask(ended, news),
      'mfa-enrolment-required': async () => (await import('./enrolment.js')).begin(credentials.email, again),
    }
  );
}
