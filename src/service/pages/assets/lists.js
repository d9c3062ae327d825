import { counted, data, fill, timeElement } from './words.js';

const words = data.account;
/** How many entries of a list are shown at first. */
const SHOWN = 10;

export function item(title, ...details) {
  const li = document.createElement('li');
  const text = document.createElement('div');
  const strong = document.createElement('strong');
  strong.textContent = title;
  const hint = document.createElement('p');
  hint.className = 'hint';
  hint.append(...details);
  text.append(strong, hint);
  li.append(text);
  return li;
}

/** The text with an element in the place of `{time}`. */
export function withTime(text, iso) {
  const [before, after] = text.split('{time}');
  return [before, timeElement(iso, words.justNow), after];
}

export const separated = (...parts) =>
  parts.filter(Boolean).flatMap((part, i) => (i === 0 ? part : [', ', part].flat()));

export function quietButton(text, label, work) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.textContent = text;
  if (label) button.setAttribute('aria-label', label);
  button.addEventListener('click', () => work(button));
  return button;
}

/** Shows the first entries, and the others when someone asks for them. */
export function showList(list, rows) {
  const later = rows.slice(SHOWN);
  list.replaceChildren(...rows.slice(0, SHOWN));
  if (list.nextElementSibling?.matches('.all')) list.nextElementSibling.remove();
  if (later.length === 0) return;
  const all = quietButton(counted(words.showAll, rows.length), '', () => {
    all.remove();
    list.append(...later);
    later[0].tabIndex = -1;
    later[0].focus();
  });
  all.classList.add('all');
  list.after(all);
}

export function deviceOf({ device }) {
  if (!device) return words.unknownDevice;
  const [browser, system] = device.split(' on ');
  return system ? fill(words.device, { browser, system }) : device;
}

/** The row with the focus is gone: the next one takes it, or else the heading. */
export function moveTo(list, index, heading) {
  const buttons = [...list.children].slice(index).map((row) => row.querySelector('button'));
  (buttons.find((button) => button) ?? heading).focus();
}
