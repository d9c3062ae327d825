import { submits } from './form.js';
import { signIn } from './login.js';
import { element, onlySignedOut } from './page.js';
import { data } from './words.js';

submits(element('form'), ({ email, password }, button) => signIn({ email, password }, button), {
  retry: { INVALID_CREDENTIALS: 'password' },
});

if (data.factors?.passkeys) (await import('./passkey-sign-in.js')).offerPasskeys();
await onlySignedOut();
