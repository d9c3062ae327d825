import { accountOf } from './client/account.js';
import { submits } from './form.js';
import { deviceOf, item, moveTo, quietButton, separated, showList, withTime } from './lists.js';
import { attempt, client, element, say } from './page.js';
import { counted, data, fill, inWords, timeElement } from './words.js';

const words = data.account;
/** Asks who is there where that is necessary. */
const confirming = element('step-up') ? (await import('./step-up.js')).confirming(client) : client;
const account = accountOf(confirming);

let leaving = false;

/** Goes to the sign-in page, once: a second reason would replace the first, and the message shown there. */
function leave(query = '') {
  if (!leaving) location.replace(`/account/sign-in${query}`);
  leaving = true;
}

const left = { because: 'out' };
client.onSignedOut((code) => leave(`?why=${code === 'LOGGED_OUT' ? left.because : 'ended'}`));
// Someone else may have signed in, in another tab.
client.onSignedIn(() => location.reload());

function endButton(session) {
  return quietButton(words.end, fill(words.endOf, { device: deviceOf(session) }), (button) =>
    attempt(button, async () => {
      const index = [...element('sessions').children].indexOf(button.closest('li'));
      await account.endSession(session.id);
      await showSessions().catch(() => undefined);
      say(element('sessions'), 'notice', words.ended);
      moveTo(element('sessions'), index, element('sessions-heading'));
    }),
  );
}

async function showSessions() {
  const sessions = await account.sessions();
  const ownFirst = sessions.toSorted((a, b) => Number(b.current) - Number(a.current));
  const rows = ownFirst.map((session) => {
    const title = session.current ? `${deviceOf(session)} ${words.current}` : deviceOf(session);
    const used = withTime(words.lastUsed, session.lastUsedAt);
    const place = session.ip && [fill(words.from, { place: session.ip })];
    const row = item(title, ...separated(used, place, withTime(words.started, session.createdAt)));
    if (!session.current) row.append(endButton(session));
    return row;
  });
  showList(element('sessions'), rows);
  element('end-others').hidden = rows.length < 2;
}

/** Services may have more kinds than this page knows. */
const nameOf = ({ type, rule }) =>
  words.alerts[rule] ??
  words.events[type] ??
  type.replaceAll(/[_-]/g, ' ').replace(/^./, (c) => c.toUpperCase());

async function showEvents() {
  const events = await account.events();
  const rows = events.map((event) => {
    const count = event.count > 1 && [counted(words.times, event.count)];
    const details = [event.device && [deviceOf(event)], event.ip && [event.ip], count];
    return item(nameOf(event), ...separated([timeElement(event.at, words.justNow)], ...details));
  });
  showList(element('events'), rows.length > 0 ? rows : [item(words.nothing)]);
}

/** The lists as they are now. What has been done is done even if they cannot be loaded. */
const refreshed = () => Promise.allSettled([showSessions(), showEvents()]);

element('end-others').addEventListener('click', ({ currentTarget }) =>
  attempt(currentTarget, async () => {
    await account.endOtherSessions();
    await refreshed();
    say(element('sessions'), 'notice', words.othersEnded);
    element('sessions-heading').focus();
  }),
);

element('sign-out').addEventListener('click', ({ currentTarget }) =>
  attempt(currentTarget, () => client.logout()),
);

submits(element('password-form'), async ({ currentPassword, newPassword }, button) => {
  await account.changePassword({ currentPassword, newPassword });
  element('password-form').reset();
  await refreshed();
  say(button, 'notice', words.changed);
});

/** How long to wait before a service that is busy or just starting is asked again. */
const PAUSES_MS = [1_000, 3_000];

async function patiently(work) {
  for (const pause of PAUSES_MS) {
    try {
      return await work();
    } catch (error) {
      if (error.status !== 0 && error.status !== 503) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return work();
}

function show(user) {
  element('who').textContent = user.name ? `${user.name}, ${user.email}` : user.email;
}

async function start() {
  if (!data.mayBeSignedIn) return leave();
  const user = await patiently(() => client.getUser());
  if (!user) return leave();
  show(user);
  if (data.factors) (await import('./security.js')).security(user, { confirming, refreshed });
  if (data.profile) (await import('./profile.js')).profile(user, { account, show, left });
  document.querySelector('[name=username]').value = user.email;
  element('content').hidden = false;
  await Promise.all([patiently(showSessions), patiently(showEvents)]);
}

await start().catch((error) => say(document.body, 'problem', inWords(error)));
if (!leaving) element('wait').hidden = true;
