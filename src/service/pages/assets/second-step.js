import { answers } from './answers.js';
import { passkeysOf } from './client/account.js';
import { client, element, proceed, say } from './page.js';
import { showStep } from './steps.js';

const passkeys = passkeysOf(client);
const offer = answers(element('second-form'), { send, present: () => passkeys.answer() });

async function send(proof, button) {
  const trustDevice = element('trust')?.checked === true;
  await proceed(await client.loginWithFactor({ ...proof, ...(trustDevice && { trustDevice }) }), button);
}

/** Asks for the second factor, by the outcome of a login. */
export async function ask({ methods }, news = '') {
  const canPasskeys = await passkeys.available();
  offer(methods.filter((method) => method !== 'passkey' || canPasskeys));
  showStep('second');
  say(element('second-form'), 'notice', news);
}
