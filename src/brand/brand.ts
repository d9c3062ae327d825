import { textOn } from './contrast.js';
import type { BrandLogo } from './logo.js';

/** How the product presents itself to people, on its pages and in its mail. */
export interface Brand {
  name: string;
  /** The color of what people are meant to press, such as `#1d4ed8`. */
  accent: string;
  /** The color of text on the accent: black or white, whichever is easier to read. */
  accentText: string;
  /** Without one, a mark is drawn from the name and the accent. */
  logo?: BrandLogo;
}

/** What can be chosen. */
export interface BrandSettings {
  name?: string;
  accent?: string;
  logo?: BrandLogo;
}

export const DEFAULT_NAME = 'Latchkey';
export const DEFAULT_ACCENT = '#1d4ed8';

const LONGEST_NAME = 60;

/** Text that breaks the line, hides, or reverses what follows it. */
const UNFIT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

export function brandOf({ name = DEFAULT_NAME, accent = DEFAULT_ACCENT, logo }: BrandSettings): Brand {
  return { name, accent, accentText: textOn(accent), logo };
}

/** What is wrong with a name, as the end of a sentence about it. */
export function brandNameProblem(name: string): string | undefined {
  if ([...name].length > LONGEST_NAME) return `must have at most ${LONGEST_NAME} characters`;
  return UNFIT.test(name) ? 'must not contain control characters or invisible characters' : undefined;
}

/** The color with six digits in lower case; `undefined` for any other notation. */
export function accentFrom(text: string): string | undefined {
  const [, digits] = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(text) ?? [];
  if (!digits) return undefined;
  return `#${digits.length === 3 ? digits.replaceAll(/./g, '$&$&') : digits}`.toLowerCase();
}
