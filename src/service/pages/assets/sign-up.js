import { submits } from './form.js';
import { nextSteps } from './login.js';
import { client, element, onlySignedOut, proceed, say } from './page.js';
import { data, fill } from './words.js';

/** There is no account until its address is proven. */
function lookIntoMail(email) {
  element('content').hidden = true;
  say(document.body, 'notice', fill(data.lookIntoMail, { email }));
}

submits(
  element('form'),
  async ({ name, email, password }, button) => {
    const named = name.trim() && { name: name.trim() };
    const outcome = await client.register({ email, password, ...named });
    await proceed(outcome, button, {
      'mail-sent': () => lookIntoMail(email),
      ...nextSteps({ email, password }, button),
    });
  },
  { fieldOf: { EMAIL_TAKEN: 'email' } },
);

await onlySignedOut();
