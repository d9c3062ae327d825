import { submits } from './form.js';
import { client, element, onlySignedOut, proceed } from './page.js';

submits(
  element('form'),
  async ({ email, password }, button) => proceed(await client.login({ email, password }), button),
  { retry: { INVALID_CREDENTIALS: 'password' } },
);

await onlySignedOut();
