import { type Brand, DEFAULT_NAME } from './brand.js';
import type { BrandLogo } from './logo.js';

const KEY = '<circle cx="24" cy="32" r="9"/><path d="M33 32h20M46 32v8M53 32v6" stroke-linecap="round"/>';

const CODES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** The logo, or without one a square in the accent color: with a key, or the first letter of the name. */
export function markOf({ logo, name, accent, accentText }: Brand): BrandLogo {
  if (logo) return logo;
  const inside =
    name === DEFAULT_NAME
      ? `<g fill="none" stroke="${accentText}" stroke-width="5">${KEY}</g>`
      : `<text x="32" y="44" text-anchor="middle" font-family="system-ui,sans-serif" font-size="34" font-weight="700" fill="${accentText}">${initialOf(name)}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64"><rect width="64" height="64" rx="14" fill="${accent}"/>${inside}</svg>`;
  return { content: Buffer.from(svg), type: 'image/svg+xml' };
}

/** As people see it: an accent or a joiner is part of its letter. */
function initialOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name.trim());
  return (first?.segment ?? '').toUpperCase().replaceAll(/[&<>"']/g, (character) => CODES[character]!);
}
