import { attempt, say } from './page.js';
import { watchPasswords } from './password.js';
import { counted, data, inLanguage, inWords, texts } from './words.js';

const visible = (form) =>
  [...form.elements].filter((input) => input.name && !input.hidden && !input.matches(':disabled'));

/** Shows what is wrong with a field beside it; an empty text says that nothing is. */
function mark(input, problem) {
  document.getElementById(`${input.id}-error`).textContent = problem;
  if (problem) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}

function problemOf(input) {
  if (input.validity.valueMissing) return texts.required;
  if (input.validity.typeMismatch) return texts.invalidEmail;
  if (input.validity.patternMismatch) return data.security.sixDigits;
  const short = input.autocomplete === 'new-password' && [...input.value.normalize()].length < data.minLength;
  return short ? counted(texts.tooShort, data.minLength) : '';
}

/** Shows problems beside their fields and moves to the first one. Returns false if no field of the form has one. */
function showProblems(form, problems) {
  const wrong = visible(form).filter((input) => problems.has(input.name));
  for (const input of wrong) mark(input, problems.get(input.name));
  wrong[0]?.focus();
  return wrong.length > 0;
}

/**
 * Sends a form when its fields are filled in, and shows what is wrong where it is wrong.
 * @param work gets the values by name, and the button that was pressed
 * @param fieldOf the field that an error is about, by its code, such as `{ EMAIL_TAKEN: 'email' }`
 * @param retry the field to return to after an error that is not about one field, by its code
 */
export function submits(form, work, { fieldOf = {}, retry = {} } = {}) {
  watchPasswords(form);
  form.addEventListener('input', ({ target }) => target.name && mark(target, ''));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const button = form.querySelector('[type=submit]');
    const failed = (error) => {
      const { code, details = [] } = error;
      const problems = new Map(details.map(({ field, message }) => [field, inLanguage(message)]));
      if (Object.hasOwn(fieldOf, code)) problems.set(fieldOf[code], inWords(error));
      if (showProblems(form, problems)) return;
      say(button, 'problem', inWords(error));
      const again = form.elements[retry[code]];
      again?.setAttribute('aria-invalid', 'true');
      again?.select();
    };
    attempt(button, () => sendIfComplete(form, work, button), failed);
  });
  form.querySelector('[type=submit]').disabled = false;
}

async function sendIfComplete(form, work, button) {
  const inputs = visible(form);
  for (const input of inputs) mark(input, '');
  const problems = new Map(inputs.map((input) => [input.name, problemOf(input)]).filter(([, text]) => text));
  if (showProblems(form, problems)) return;
  await work(Object.fromEntries(inputs.map(({ name, value }) => [name, value])), button);
}
