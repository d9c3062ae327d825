import { readFileSync } from 'node:fs';
import type { Brand } from '../../brand/brand.js';
import { readableOn } from '../../brand/contrast.js';
import { type Asset, ASSETS, toAsset } from './asset.js';

/** The backgrounds of `style.css` on which links are the hardest to read. */
const [LIGHT, DARK] = ['#f3f4f6', '#1d2026'];

/** The style of all pages, in the colors of the brand: pages have no style of their own, which their policy forbids. */
export function styleOf({ accent, accentText }: Brand): Asset {
  const link = `light-dark(${readableOn(LIGHT, accent)}, ${readableOn(DARK, accent)})`;
  const colors = `:root{--accent:${accent};--on-accent:${accentText};--link:${link}}\n`;
  const common = readFileSync(new URL('style.css', ASSETS), 'utf8');
  return toAsset('style.css', Buffer.from(colors + common));
}
