import { attempt, client, element } from './page.js';

element('form').addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(event.submitter, async () => {
    const name = element('name').value.trim();
    const [email, password] = [element('email').value, element('password').value];
    await client.register({ email, password, ...(name && { name }) });
    location.assign('/account');
  });
});
