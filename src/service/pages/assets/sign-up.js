import { submits } from './form.js';
import { client, element, onlySignedOut, proceed, say } from './page.js';
import { data } from './words.js';

/** There is no account until its address is proven. */
function lookIntoMail() {
  element('content').hidden = true;
  say(document.body, 'notice', data.lookIntoMail);
}

submits(
  element('form'),
  async ({ name, email, password }, button) => {
    const named = name.trim() && { name: name.trim() };
    try {
      proceed(await client.register({ email, password, ...named }), button);
    } catch (error) {
      if (error.status !== 202) throw error;
      lookIntoMail();
    }
  },
  { fieldOf: { EMAIL_TAKEN: 'email' } },
);

await onlySignedOut();
