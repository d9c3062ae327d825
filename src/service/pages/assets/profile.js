import { dialog } from './dialog.js';
import { submits } from './form.js';
import { attempt, client, element, say } from './page.js';
import { data, fill } from './words.js';

/** What needs mail, and often the password once more. `show` shows who is signed in; `left` says why nobody is. */
export function profile(user, { account, show, left }) {
  const words = data.profile;
  const stepUp = dialog('step-up', ({ password }) => account.stepUp({ password }));
  const closing = dialog('closing', () => undefined);

  /** Does it again once the password was given. */
  async function confirmed(work) {
    try {
      return await work();
    } catch (error) {
      if (error.code !== 'STEP_UP_REQUIRED' || !(await stepUp())) throw error;
      return work();
    }
  }

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
    await confirmed(() => account.changeEmail(newEmail));
    element('email-form').reset();
    say(button, 'notice', fill(words.linkSent, { email: newEmail }));
  });

  element('export').addEventListener('click', ({ currentTarget: button }) =>
    attempt(button, async () => {
      save(await confirmed(() => account.exportData()));
      say(button, 'notice', words.exported);
    }),
  );

  element('close').addEventListener('click', ({ currentTarget: button }) =>
    attempt(button, async () => {
      if (await closing()) await confirmed(close);
    }),
  );
}

async function showWhetherProven() {
  const answer = await client.fetch('/account/address');
  if (answer.ok) element('unproven').hidden = (await answer.json()).proven !== false;
}

function save(content) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'account.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
