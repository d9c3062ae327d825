import { attempt, client, element, proceed, show } from './page.js';

/** A map: anyone can put `constructor` or `__proto__` into an address, and an object would have that. */
const notices = new Map([
  ['ended', 'Your session has ended. Sign in again.'],
  ['out', 'You are signed out.'],
]);
show('notice', notices.get(new URLSearchParams(location.search).get('why')) ?? '');

element('form').addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(event.submitter, async () => {
    proceed(await client.login({ email: element('email').value, password: element('password').value }));
  });
});
