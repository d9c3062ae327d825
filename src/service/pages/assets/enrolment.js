import { authenticator } from './authenticator.js';
import { factorsOf } from './client/account.js';
import { submits } from './form.js';
import { client, element } from './page.js';
import { recoveryCodes } from './recovery-codes.js';
import { showStep } from './steps.js';
import { data } from './words.js';

const words = data.steps;
const factors = factorsOf(client);
const form = element('enrol-form');
const showCodes = recoveryCodes();
/** Who enrols, and how to sign in afterward. */
let signingIn;
/** What the pressed button adds. */
let kind = data.factors.totp ? 'app' : 'passkey';

const showApp = data.factors.totp && authenticator(factors, (added) => end(added, words.newCode));

if (element('enrol-passkey')) {
  element('enrol-passkey').addEventListener('click', () => {
    kind = 'passkey';
    form.requestSubmit();
  });
  form.querySelector('[type=submit]').addEventListener('click', () => (kind = 'app'));
}

submits(form, async ({ emailCode: given }) => {
  const emailCode = given.trim();
  if (kind === 'passkey') return end(await factors.addPasskey({ emailCode }), words.passkeyAdded);
  showApp(await factors.addTotp({ emailCode }), { emailCode });
  form.hidden = true;
});

async function end({ recoveryCodes: codes }, news) {
  const { email, again } = signingIn;
  if (!codes) return again(news);
  showStep('codes');
  showCodes(email, codes, () => again(news));
}

/** Sets up the second factor that is required. */
export function begin(email, again) {
  signingIn = { email, again };
  form.reset();
  form.hidden = false;
  if (showApp) element('app-secret').hidden = true;
  showStep('enrol');
}
