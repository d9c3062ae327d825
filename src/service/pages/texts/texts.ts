import type { Locale } from '../../../brand/locale.js';
import { de } from './de.js';
import { en, type Texts } from './en.js';
import { fr } from './fr.js';
import type { Plural } from './text-types.js';

export const TEXTS: Record<Locale, Texts> = { en, de, fr };

/** Puts values in the place of names in braces. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replaceAll(/\{(\w+)\}/g, (name, key: string) => String(values[key] ?? name));
}

/** The form of the text that a language uses for this number, with the number in it. */
export function counted(forms: Plural, count: number, locale: Locale): string {
  const form = new Intl.PluralRules(locale).select(count) === 'one' ? forms.one : forms.other;
  return fill(form, { count: new Intl.NumberFormat(locale).format(count) });
}
