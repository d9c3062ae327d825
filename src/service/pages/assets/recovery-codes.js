import { copies } from './copy.js';
import { attempt, element } from './page.js';
import { save } from './save.js';
import { data, fill } from './words.js';

/** Returns a function that shows recovery codes until their owner has saved them. */
export function recoveryCodes() {
  let shown = { text: '', done: () => undefined };
  copies(element('codes-copy'), () => shown.text);
  element('codes-download').addEventListener('click', () =>
    save('recovery-codes.txt', 'text/plain', shown.text),
  );
  element('codes-print').addEventListener('click', () => {
    document.body.classList.add('print-codes');
    print();
    document.body.classList.remove('print-codes');
  });
  element('codes-done').addEventListener('click', ({ currentTarget: button }) =>
    attempt(button, async () => {
      await shown.done();
      element('codes-list').replaceChildren();
      shown.text = '';
    }),
  );

  return function show(email, codes, done) {
    const title = fill(data.security.codesFor, { email });
    shown = { text: `${title}\n\n${codes.join('\n')}\n`, done };
    element('codes-list').replaceChildren(
      ...codes.map((code) => {
        const item = document.createElement('li');
        item.textContent = code;
        return item;
      }),
    );
    element('codes-heading').focus();
  };
}
