import { linksOf } from './client/account.js';
import { submits } from './form.js';
import { client, element, goOn, say } from './page.js';
import { token } from './token.js';
import { data, inWords } from './words.js';

const { name, done } = data.link;
const dead = inWords({ code: 'ACTION_TOKEN_INVALID' });
const links = linksOf(client);

const WORK = {
  confirm,
  verify: () => links.verifyEmail(token),
  reset,
  'confirm-email': () => links.confirmEmail(token),
  'undo-email': () => links.undoEmailChange(token),
  restore: () => links.restoreAccount(token),
  'cancel-reset': () => links.cancelFactorsReset(token),
};

/** Without the password at first: this may be the browser in which the registration began. */
async function confirm({ password }) {
  let ended;
  try {
    ended = await client.confirmRegistration({ token, ...(password && { password }) });
  } catch (error) {
    const asked = element('asked');
    if (error.code === 'INVALID_CREDENTIALS') asked.hidden = asked.disabled = false;
    throw error;
  }
  if (ended.outcome === 'signed-in') goOn();
  else location.replace('/account/sign-in?why=enrol');
}

async function reset({ newPassword }) {
  await links.resetPassword({ token, newPassword });
  location.replace('/account/sign-in?why=reset');
}

/** Shows how it ended, and where to go from here, in place of the form. */
function end(kind, message, place) {
  element('form').hidden = true;
  say(document.body, kind, message);
  element(place).hidden = false;
  element(place).firstElementChild.focus();
}

submits(element('form'), async (values) => {
  try {
    await WORK[name](values);
  } catch (error) {
    if (error.code !== 'ACTION_TOKEN_INVALID') throw error;
    return end('problem', dead, 'otherwise');
  }
  end('notice', done, 'next');
});

if (!token) end('problem', dead, 'otherwise');
