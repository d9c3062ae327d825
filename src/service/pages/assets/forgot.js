import { linksOf } from './client/account.js';
import { submits } from './form.js';
import { client, element, say } from './page.js';
import { data } from './words.js';

submits(element('form'), async ({ email }) => {
  await linksOf(client).forgotPassword(email);
  element('content').hidden = true;
  say(document.body, 'notice', data.done);
});
