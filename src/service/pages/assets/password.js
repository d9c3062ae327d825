import { counted, data, texts } from './words.js';

/** Screen readers would read every keystroke. */
const PAUSE_MS = 500;
const FEW_CHARACTERS = 5;
const MANY_CHARACTERS = 12;

/** How far a new password is from being accepted, and more. What is easy to guess is for the service to say. */
function strengthOf(password) {
  const characters = [...password.normalize()];
  const different = new Set(characters.map((character) => character.toLowerCase())).size;
  const missing = data.minLength - characters.length;
  if (characters.length === 0) return { level: 0, words: '' };
  if (missing > 0) return { level: 1, words: counted(texts.missing, missing) };
  if (different < FEW_CHARACTERS) return { level: 1, words: texts.monotonous };
  if (different < MANY_CHARACTERS) return { level: 2, words: texts.longEnough };
  return { level: 3, words: texts.strong };
}

function watchStrength(input, place) {
  let timer;
  const show = () => {
    const { level, words } = strengthOf(input.value);
    place.dataset.level = String(level);
    clearTimeout(timer);
    timer = setTimeout(() => (place.querySelector('.words').textContent = words), PAUSE_MS);
  };
  input.addEventListener('input', show);
  input.form.addEventListener('reset', () => setTimeout(show));
}

function toggle(button) {
  const input = document.getElementById(button.getAttribute('aria-controls'));
  const shown = input.type === 'text';
  input.type = shown ? 'password' : 'text';
  button.firstElementChild.textContent = shown ? texts.show : texts.hide;
  return shown;
}

/** Lets people see what they type, and how strong a new password is. What is sent is hidden again. */
export function watchPasswords(form) {
  const buttons = [...form.querySelectorAll('.show')];
  for (const button of buttons) button.addEventListener('click', () => toggle(button));
  form.addEventListener('submit', () => {
    for (const button of buttons)
      if (document.getElementById(button.getAttribute('aria-controls')).type === 'text') toggle(button);
  });
  for (const place of form.querySelectorAll('.strength'))
    watchStrength(place.closest('.field').querySelector('input'), place);
}
