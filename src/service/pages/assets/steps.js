import { element } from './page.js';

/** Shows one step of signing in, in place of all others, and moves to its heading. */
export function showStep(id) {
  for (const step of document.querySelectorAll('main > #content, main > .step')) step.hidden = step.id !== id;
  element(`${id}-heading`)?.focus();
}
