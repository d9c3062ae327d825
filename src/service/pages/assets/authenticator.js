import { digitsOf } from './answers.js';
import { copies } from './copy.js';
import { submits } from './form.js';
import { element } from './page.js';

/**
 * Adds an authenticator app: returns a function that shows its secret.
 * @param done gets what the confirmation returns
 */
export function authenticator(factors, done) {
  let pending;
  submits(element('app-form'), async ({ code }) => {
    const { id, enrolment } = pending;
    await done(await factors.confirmTotp(id, { code: digitsOf(code), ...enrolment }));
  });
  copies(element('app-copy'), () => element('app-key').textContent);

  return function show({ id, secret, qrSvg }, enrolment = {}) {
    pending = { id, enrolment };
    const picture = new DOMParser().parseFromString(qrSvg, 'image/svg+xml').documentElement;
    element('app-picture').replaceChildren(picture);
    element('app-key').textContent = secret;
    element('app-form').reset();
    element('app-secret').hidden = false;
    element('app-scan').focus();
  };
}
