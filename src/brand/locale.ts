/** The languages of pages and mail. */
export const LOCALES = ['en', 'de', 'fr'] as const;

export type Locale = (typeof LOCALES)[number];

const isLocale = (text: string): text is Locale => (LOCALES as readonly string[]).includes(text);

/** The language that a browser prefers among ours (RFC 9110 §12.5.4); English if it asks for none of them. */
export function localeFor(acceptLanguage = ''): Locale {
  const wanted = acceptLanguage
    .slice(0, 1000)
    .split(',')
    .map((part) => {
      const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const weight = parameters.find((text) => text.startsWith('q='))?.slice(2);
      return { language: range.split('-', 1)[0]!, weight: weight === undefined ? 1 : Number(weight) };
    });
  const ours = wanted.filter(({ language, weight }) => isLocale(language) && weight > 0);
  const [best] = ours.toSorted((a, b) => b.weight - a.weight);
  return (best?.language as Locale | undefined) ?? 'en';
}
