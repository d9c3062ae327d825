import { attempt, client, element, proceed, show } from './page.js';

const notices = {
  ended: 'Your session has ended. Sign in again.',
  out: 'You are signed out.',
};
show('notice', notices[new URLSearchParams(location.search).get('why')] ?? '');

element('form').addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(event.submitter, async () => {
    proceed(await client.login({ email: element('email').value, password: element('password').value }));
  });
});
