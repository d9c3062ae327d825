import { submits } from './form.js';
import { attempt } from './page.js';

/** What is offered first: the other ways are for whoever cannot use these. */
const FIRST = ['password', 'totp'];

/** A code as people copy it, in groups. */
export const digitsOf = (code) => code.replaceAll(/\s/g, '');

/**
 * Lets people prove who they are in one of the ways that they have.
 * @param send gets the proof, and the button that was pressed
 * @param present asks for a passkey
 */
export function answers(form, { send, present }) {
  const buttons = [...form.querySelectorAll('[data-use]')];
  const submit = form.querySelector('[type=submit]');
  let offered = [];

  function choose(way) {
    for (const set of form.querySelectorAll('[data-answer]'))
      set.hidden = set.disabled = set.dataset.answer !== way;
    for (const button of buttons) {
      const { use } = button.dataset;
      button.hidden = use === way || !offered.includes(use);
    }
    submit.hidden = way === undefined;
    form.querySelector('fieldset:enabled input')?.focus();
  }

  submits(form, ({ code, ...other }, button) =>
    send(code === undefined ? other : { code: digitsOf(code) }, button),
  );
  for (const button of buttons)
    button.addEventListener('click', () => {
      if (button.dataset.use !== 'passkey') choose(button.dataset.use);
      else attempt(button, async () => send({ passkey: await present() }, button));
    });

  /** Offers these ways, and no others. */
  return function offer(ways) {
    offered = ways;
    form.reset();
    const first = FIRST.find((way) => ways.includes(way));
    choose(first ?? (ways.includes('passkey') ? undefined : ways[0]));
    form.querySelector('.none').hidden = ways.length > 0;
  };
}
