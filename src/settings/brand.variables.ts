import { readFileSync, statSync } from 'node:fs';
import { accentFrom, brandNameProblem, DEFAULT_ACCENT, DEFAULT_NAME } from '../brand/brand.js';
import { LOCALES } from '../brand/locale.js';
import { type BrandLogo, logoFrom } from '../brand/logo.js';
import { oneOf, type Parser } from './parsers.js';
import type { Variable } from './variable.js';

const MOST_LOGO_BYTES = 200_000;

const brandName: Parser<string> = (text, fail) => {
  const problem = text && brandNameProblem(text);
  if (problem) fail(problem);
  return text;
};

const accent: Parser<string> = (text, fail) => {
  const color = text && accentFrom(text);
  if (text && !color) fail(`must be a color in hexadecimal digits, such as ${DEFAULT_ACCENT}`);
  return color;
};

const logo: Parser<BrandLogo> = (path, fail) => {
  if (path === undefined) return undefined;
  const found = readLogo(path);
  if (typeof found !== 'string') return found;
  fail(found);
  return undefined;
};

function readLogo(path: string): BrandLogo | string {
  try {
    const file = statSync(path);
    if (!file.isFile()) return 'must be the path of a file, an SVG or a PNG';
    if (file.size > MOST_LOGO_BYTES) return `names a file of more than ${MOST_LOGO_BYTES} bytes`;
    const found = logoFrom(readFileSync(path));
    return typeof found === 'string' ? `names a file that ${found}` : found;
  } catch (error) {
    return `names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`;
  }
}

/** How pages and mails present themselves. */
export const brandVariables = [
  {
    name: 'BRAND_NAME',
    setting: 'brandName',
    parse: brandName,
    default: DEFAULT_NAME,
    meaning:
      'The name of the product on the account pages and in mails, at most 60 characters. New passwords must not contain it',
  },
  {
    name: 'BRAND_ACCENT',
    setting: 'brandAccent',
    parse: accent,
    default: DEFAULT_ACCENT,
    meaning:
      'The color of buttons on the account pages and in mails, and of links, such as `#0f766e`. Text on it is black or white, whichever is easier to read',
  },
  {
    name: 'BRAND_LOGO',
    setting: 'brandLogo',
    parse: logo,
    defaultNote: 'a mark made from the name and the color',
    meaning:
      'The path of the logo on the account pages: an SVG without scripts or a PNG, at most 200 kB. It is also the icon in the browser tab, and, as a PNG, in mails',
  },
  {
    name: 'ACCOUNT_LOCALE',
    setting: 'accountLocale',
    parse: oneOf(LOCALES),
    defaultNote: 'what the browser asks for, else `en`',
    meaning: `The language of the account pages, and of mails without \`MAIL_LOCALE\`: ${LOCALES.map((name) => `\`${name}\``).join(', ')}`,
  },
] as const satisfies readonly Variable[];
