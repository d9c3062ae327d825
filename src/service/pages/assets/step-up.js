import { answers } from './answers.js';
import { factorsOf, passkeysOf, withStepUp } from './client/account.js';
import { element } from './page.js';
import { data } from './words.js';

const LEVELS = ['pwd', 'mfa', 'phr'];
/** What each way of proving who one is reaches. */
const REACHES = { password: 'pwd', totp: 'mfa', passkey: 'phr', 'recovery-codes': 'mfa' };

/** The client, whose `fetch` asks who is there where the service wants that. Wrong answers are said in the dialog. */
export function confirming(client) {
  const box = element('step-up');
  const passkeys = passkeysOf(client);
  const offer = answers(element('step-up-form'), { send, present: () => passkeys.answerStepUp() });
  const asking = withStepUp(client, ask);
  /** Takes the answer. */
  let waiting;
  /** The answer of which the form does not know yet whether it was right. */
  let sent;
  /** An answer was wrong, and the dialog is still there for another one. */
  let isAgain = false;

  box.querySelector('.cancel').addEventListener('click', () => box.close());
  box.addEventListener('close', () => waiting?.(undefined));

  async function ask(needed) {
    if (isAgain && !box.open) return undefined;
    if (!box.open) {
      const ways = await waysFor(needed);
      box.showModal();
      offer(ways);
    }
    return sent ? sent.proof : new Promise((resolve) => (waiting = resolve));
  }

  function send(proof) {
    return new Promise((done, failed) => {
      sent = { proof, done, failed };
      waiting?.(proof);
    });
  }

  async function waysFor({ acrValues = [] }) {
    const known = acrValues.map((level) => LEVELS.indexOf(level)).filter((level) => level >= 0);
    const needed = known.length > 0 ? Math.min(...known) : 0;
    const has = ['password', ...(data.factors ? await waysOf(client) : [])];
    return has.filter((way) => LEVELS.indexOf(REACHES[way]) >= needed);
  }

  async function fetch(...call) {
    for (;;) {
      try {
        const response = await asking.fetch(...call);
        if (sent || isAgain) end();
        return response;
      } catch (error) {
        if (!sent) throw error;
        judge(error);
        if (!box.open) throw error;
      }
    }
  }

  /** Says in the dialog that the answer was wrong, if it is still there. */
  function judge(error) {
    if (box.open) sent.failed(error);
    else sent.done();
    isAgain = box.open;
    sent = undefined;
  }

  function end() {
    sent?.done();
    sent = undefined;
    isAgain = false;
    box.close();
  }

  return { ...client, fetch };
}

/** The ways of the user that work in this browser. */
async function waysOf(client) {
  const factors = await factorsOf(client).list();
  const usable = factors.filter(({ suspended, remaining }) => !suspended && remaining !== 0);
  const canPasskeys = await passkeysOf(client).available();
  const kinds = new Set(usable.map(({ kind }) => kind).filter((kind) => Object.hasOwn(REACHES, kind)));
  return [...kinds].filter((kind) => kind !== 'passkey' || canPasskeys);
}
