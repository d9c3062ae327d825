import { attempt, say } from './page.js';
import { data } from './words.js';

/** Lets a button copy a text. */
export function copies(button, text) {
  button.addEventListener('click', () =>
    attempt(button, async () => {
      try {
        await navigator.clipboard.writeText(text());
      } catch {
        return say(button, 'problem', data.security.notCopied);
      }
      say(button, 'notice', data.security.copied);
    }),
  );
}
