import { passkeysOf } from './client/account.js';
import { attempt, client, element, proceed, say } from './page.js';
import { inWords } from './words.js';

const passkeys = passkeysOf(client);
const button = element('passkey');

/** Ends the offer in the form, which would otherwise end what the button begins. */
let waiting;

/** How often in a row passkeys are offered again that the service refuses. */
const MOST_REFUSALS = 3;

function failed(error) {
  const isNobodys = error.code === 'INVALID_CREDENTIALS';
  say(button, 'problem', inWords(isNobodys ? { code: 'INVALID_PASSKEY' } : error));
}

/** Offers passkeys among the user names that the browser knows, until one is used or something else is begun. */
async function offerInForm() {
  waiting = new AbortController();
  const { signal } = waiting;
  if (!(await passkeys.conditional())) return;
  for (let refusals = 0; refusals < MOST_REFUSALS; refusals += 1) {
    try {
      return proceed(await passkeys.signIn({ conditional: true, signal }), button);
    } catch (error) {
      if (!['INVALID_CREDENTIALS', 'PASSKEY_REJECTED'].includes(error.code)) return;
      failed(error);
    }
  }
}

export async function offerPasskeys() {
  if (!(await passkeys.available())) return;
  button.hidden = false;
  button.addEventListener('click', () =>
    attempt(
      button,
      async () => {
        waiting.abort();
        try {
          await proceed(await passkeys.signIn(), button);
        } catch (error) {
          offerInForm();
          throw error;
        }
      },
      failed,
    ),
  );
  offerInForm();
}
