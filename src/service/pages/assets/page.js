import { createLatchkeyClient, LatchkeyError } from './client/latchkey-client.js';
import { data, inWords, texts } from './words.js';

/** The session of this browser. Its tokens are in cookies that no script can read. */
export const client = createLatchkeyClient({ baseUrl: location.origin, transport: 'cookie' });

export const element = (id) => document.getElementById(id);

/** Shows a message close to an element, where screen readers announce it, in place of every other message. */
export function say(near, kind, message) {
  for (const place of document.querySelectorAll('.message')) place.textContent = '';
  const area = [near.closest('form'), near.closest('.step'), near.closest('section'), document]
    .map((scope) => scope?.querySelector('.messages'))
    .find((found) => found);
  const place = area.querySelector(`.${kind}`);
  place.textContent = message;
  if (message) place.scrollIntoView({ block: 'nearest' });
}

/** Does what a form or a button is for, once at a time. The button keeps the focus, which disabling it would take. */
export async function attempt(button, work, failed = (error) => say(button, 'problem', inWords(error))) {
  if (button.ariaDisabled === 'true') return;
  button.ariaDisabled = 'true';
  say(button, 'problem', '');
  try {
    await work();
  } catch (error) {
    failed(error instanceof LatchkeyError ? error : { code: error.name });
  } finally {
    button.ariaDisabled = null;
  }
}

/** To where the visitor came from, or else to the account. Not back to this page, which has no more use. */
let leaving = false;
export function goOn() {
  if (!leaving) location.replace(data.next ?? '/account');
  leaving = true;
}

/**
 * What comes after a login or a registration, by its outcome.
 * @param steps what this page does about outcomes other than `signed-in`
 */
export async function proceed(ended, button, steps = {}) {
  const { outcome } = ended;
  if (outcome === 'signed-in') goOn();
  else if (Object.hasOwn(steps, outcome)) await steps[outcome](ended);
  else say(button, 'problem', texts.unknownStep);
}

/** For pages that are only for those who are not signed in. Another tab may change that at any time. */
export async function onlySignedOut() {
  // Another tab may be wrong: its session may have ended unnoticed.
  client.subscribe(async () => {
    if (client.getSnapshot().status === 'signed-in' && (await client.getUser().catch(() => null))) goOn();
  });
  if (!data.mayBeSignedIn) return;
  if (await client.getUser().catch(() => null)) return goOn();
  element('content').hidden = false;
  document.querySelector('[autofocus]')?.focus();
}
