import { createLatchkeyClient, LatchkeyError } from './client/latchkey-client.js';

/** The session of this browser: the tokens are in cookies no script can read. */
export const client = createLatchkeyClient({ baseUrl: location.origin, transport: 'cookie' });

export const element = (id) => document.getElementById(id);

/** Shows a message in its place and has it read out; an empty one hides it. */
export function show(id, message) {
  const place = element(id);
  place.textContent = message;
  place.hidden = message === '';
}

/** Runs what a form or a button does: one at a time, and with what went wrong said in words. */
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
  const wait = error.retryAfter ? ` Try again in ${error.retryAfter} seconds.` : '';
  return (details.length > 0 ? details.join(' ') : error.message) + wait;
}

/** Asks the service; the answer's JSON, or an error as the client throws it. */
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

/** A moment for people: `5 minutes ago`, with the exact time where the mouse rests. */
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
