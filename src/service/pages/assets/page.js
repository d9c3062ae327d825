import { createLatchkeyClient, LatchkeyError } from './client/latchkey-client.js';

/** The session of this browser. Its tokens are in cookies that no script can read. */
export const client = createLatchkeyClient({ baseUrl: location.origin, transport: 'cookie' });

export const element = (id) => document.getElementById(id);

/** Shows a message in its place, where screen readers announce it; an empty message hides the place. */
export function show(id, message) {
  const place = element(id);
  place.textContent = message;
  place.hidden = message === '';
}

/** Does what a form or a button is for, once at a time, and says in words what went wrong. */
export async function attempt(button, work) {
  button.disabled = true;
  show('problem', '');
  try {
    await work();
  } catch (error) {
    show('problem', inWords(error));
  } finally {
    button.disabled = false;
  }
}

function inWords(error) {
  if (!(error instanceof LatchkeyError)) return 'Something went wrong. Try again.';
  const details = (error.details ?? []).map(({ message }) => message);
  const { retryAfter } = error;
  // The seconds below say it better.
  const message = retryAfter ? error.message.replace(': try again later.', '.') : error.message;
  const wait = retryAfter ? ` Try again in ${retryAfter} ${retryAfter === 1 ? 'second' : 'seconds'}.` : '';
  return (details.length > 0 ? details.join(' ') : message) + wait;
}

/** Where the page goes after a login or a registration, by its outcome. */
const NEXT_STEPS = new Map([['signed-in', () => location.assign('/account')]]);

export function proceed({ outcome }) {
  const unknown = () =>
    show('problem', 'You are not signed in yet: this page does not know the next step of this sign-in.');
  (NEXT_STEPS.get(outcome) ?? unknown)();
}

/** Calls the service. Returns the JSON of the answer, or throws an error as the client does. */
export async function ask(path, { method = 'GET', body } = {}) {
  const response = await client.fetch(path, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = text === '' ? {} : JSON.parse(text);
  if (response.ok) return answer;
  const retryAfter = Number(response.headers.get('retry-after')) || undefined;
  throw new LatchkeyError(answer.error, answer.message, response.status, answer.details, retryAfter);
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** A time for people: `5 minutes ago`, with the exact time as a tooltip. */
export function timeElement(iso) {
  const seconds = (new Date(iso).getTime() - Date.now()) / 1000;
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(
    Math.round(seconds / size),
    unit,
  );
  const time = document.createElement('time');
  time.dateTime = iso;
  time.title = new Date(iso).toLocaleString();
  time.textContent = unit === 'second' ? 'just now' : words;
  return time;
}
