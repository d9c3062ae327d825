import { ask, attempt, client, element, show, timeElement } from './page.js';

let leaving = false;

/** Goes to the sign-in page, once: a second reason would replace the first, and the message shown there. */
function leave(query = '') {
  if (!leaving) location.replace(`/account/sign-in${query}`);
  leaving = true;
}

client.onSignedOut((code) => leave(`?why=${code === 'LOGGED_OUT' ? 'out' : 'ended'}`));

function item(title, ...details) {
  const li = document.createElement('li');
  const text = document.createElement('div');
  const strong = document.createElement('strong');
  strong.textContent = title;
  const hint = document.createElement('p');
  hint.className = 'hint';
  hint.append(...details);
  text.append(strong, hint);
  li.append(text);
  return li;
}

/** Shows the notice once the lists are up to date, or could not be loaded. */
const tellAfter = (shown, notice) => shown.finally(() => show('notice', notice));

function endButton(session) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.textContent = 'End';
  button.setAttribute('aria-label', `End the session on ${session.device ?? 'an unknown device'}`);
  button.addEventListener('click', () =>
    attempt(button, async () => {
      await ask(`/auth/sessions/${session.id}`, { method: 'DELETE' });
      await tellAfter(showSessions(), 'That session has ended.');
    }),
  );
  return button;
}

async function showSessions() {
  const sessions = await ask('/auth/sessions');
  const rows = sessions.map((session) => {
    const title = `${session.device ?? 'Unknown device'}${session.current ? ' (this one)' : ''}`;
    const place = session.ip ? ` from ${session.ip}` : '';
    const row = item(
      title,
      'Last used ',
      timeElement(session.lastUsedAt),
      `${place}, started `,
      timeElement(session.createdAt),
    );
    if (!session.current) row.append(endButton(session));
    return row;
  });
  element('sessions').replaceChildren(...rows);
  element('end-others').hidden = rows.length < 2;
}

const EVENT_NAMES = new Map([
  ['registered', 'Account created'],
  ['logged-in', 'Signed in'],
  ['login-failed', 'Sign-in failed'],
  ['logged-out', 'Signed out'],
  ['password-change-failed', 'Password change failed: the current password was wrong'],
  ['reused', 'An old token was used again: the session was ended for safety'],
]);

const ALERT_NAMES = new Map([
  ['new-device', 'New device'],
  ['refresh-token-reused', 'The same token was used twice'],
  ['many-failures-on-account', 'Many failed sign-ins'],
]);

const nameOf = ({ type, rule }) =>
  ALERT_NAMES.get(rule) ??
  EVENT_NAMES.get(type) ??
  type.replaceAll(/[_-]/g, ' ').replace(/^./, (c) => c.toUpperCase());

async function showEvents() {
  const events = await ask('/auth/events');
  const rows = events.map((event) =>
    item(
      nameOf(event),
      timeElement(event.at),
      event.device ? `, ${event.device}` : '',
      event.ip ? `, ${event.ip}` : '',
    ),
  );
  element('events').replaceChildren(...(rows.length > 0 ? rows : [item('Nothing yet')]));
}

element('end-others').addEventListener('click', (event) =>
  attempt(event.currentTarget, async () => {
    await ask('/auth/sessions', { method: 'DELETE' });
    await tellAfter(Promise.all([showSessions(), showEvents()]), 'All other sessions have ended.');
  }),
);

element('sign-out').addEventListener('click', (event) => attempt(event.currentTarget, () => client.logout()));

element('password-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  attempt(event.submitter, async () => {
    const [currentPassword, newPassword] = [element('current').value, element('new').value];
    await ask('/auth/password', { method: 'POST', body: { currentPassword, newPassword } });
    form.reset();
    const done = 'Your password has been changed, and all other sessions have ended.';
    await tellAfter(Promise.all([showSessions(), showEvents()]), done);
  });
});

const user = await client.getUser().catch(() => undefined);
if (user === null) leave();
else if (user) {
  element('who').textContent = user.name ? `${user.name}, ${user.email}` : user.email;
  document.querySelector('[name=username]').value = user.email;
  await Promise.all([showSessions(), showEvents()]);
} else show('problem', 'The service cannot be reached. Try again in a moment.');
