import { dialog } from './dialog.js';
import { submits } from './form.js';
import { attempt, client, element, say } from './page.js';
import { save } from './save.js';
import { data, fill } from './words.js';

/** What needs mail. `show` shows who is signed in; `left` says why nobody is. */
export function profile(user, { account, show, left }) {
  const words = data.profile;
  const closing = dialog('closing', () => undefined);

  async function close() {
    left.because = 'closed';
    try {
      await account.close();
    } catch (error) {
      left.because = 'out';
      throw error;
    }
  }

  element('resend').addEventListener('click', ({ currentTarget: button }) =>
    attempt(button, async () => {
      await account.resendVerification();
      say(button, 'notice', fill(words.linkSent, { email: user.email }));
    }),
  );
  showWhetherProven().catch(() => undefined); // the rest of the page works without it

  element('name').value = user.name ?? '';
  submits(element('name-form'), async ({ name }, button) => {
    await account.changeName(name.trim() || null);
    show({ ...user, name: name.trim() });
    say(button, 'notice', words.nameChanged);
  });

  submits(element('email-form'), async ({ newEmail }, button) => {
    await account.changeEmail(newEmail);
    element('email-form').reset();
    say(button, 'notice', fill(words.linkSent, { email: newEmail }));
  });

  element('export').addEventListener('click', ({ currentTarget: button }) =>
    attempt(button, async () => {
      save('account.json', 'application/json', JSON.stringify(await account.exportData(), null, 2));
      say(button, 'notice', words.exported);
    }),
  );

  element('close').addEventListener('click', ({ currentTarget: button }) =>
    attempt(button, async () => {
      if (await closing()) await close();
    }),
  );
}

async function showWhetherProven() {
  const answer = await client.fetch('/account/address');
  if (answer.ok) element('unproven').hidden = (await answer.json()).proven !== false;
}
