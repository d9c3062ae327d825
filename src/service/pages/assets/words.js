/** What the page gives its scripts: texts in its language, and what it was made from. */
export const data = JSON.parse(document.body.dataset.page);
export const { texts } = data;
const { lang } = document.documentElement;

/** Puts values in the place of names in braces. */
export const fill = (text, values) => text.replaceAll(/\{(\w+)\}/g, (name, key) => values[key] ?? name);

/** The form of the text that the language uses for this number, with the number in it. */
export function counted(forms, count) {
  const form = new Intl.PluralRules(lang).select(count) === 'one' ? forms.one : forms.other;
  return fill(form, { count: new Intl.NumberFormat(lang).format(count) });
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** A time for people: `5 minutes ago`, with the exact time as a tooltip. */
export function timeElement(iso, justNow) {
  const seconds = (new Date(iso).getTime() - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? [];
  const format = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' });
  const time = document.createElement('time');
  time.dateTime = iso;
  time.title = new Date(iso).toLocaleString(lang);
  time.textContent = unit ? format.format(Math.round(seconds / size), unit) : justNow;
  return time;
}

/** What a failed call says to people. */
export function inWords({ code, retryAfter }) {
  const errors = { ...texts.errors, ...data.errors };
  const message = Object.hasOwn(errors, code) ? errors[code] : errors.other;
  return retryAfter ? `${message} ${whenAgain(retryAfter)}` : message;
}

function whenAgain(seconds) {
  const { second, minute, hour } = texts.again;
  if (seconds < 120) return counted(second, seconds);
  if (seconds < 7_200) return counted(minute, Math.ceil(seconds / 60));
  return counted(hour, Math.ceil(seconds / 3_600));
}

const PATTERNS = Object.entries({ ...texts.details, ...data.details }).map(([said, text]) => {
  const names = [...said.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const literal = said.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`));
  return { pattern: new RegExp(`^${literal.join('(.+)')}$`), names, text };
});

/** What the service says about a field, in the language of the page. What is not known stays as it is. */
export function inLanguage(message) {
  for (const { pattern, names, text } of PATTERNS) {
    const found = pattern.exec(message);
    if (!found) continue;
    const values = Object.fromEntries(names.map((name, index) => [name, found[index + 1]]));
    if (values.parts) values.parts = values.parts.split(' and ').map(inLanguage).join(texts.and);
    return fill(text, values);
  }
  return message;
}
