import { attempt, client, element, proceed } from './page.js';

element('form').addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(event.submitter, async () => {
    const name = element('name').value.trim();
    const [email, password] = [element('email').value, element('password').value];
    proceed(await client.register({ email, password, ...(name && { name }) }));
  });
});
