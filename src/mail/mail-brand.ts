import { DEFAULT_ACCENT, DEFAULT_NAME } from '../brand/brand.js';
import { textOn } from '../brand/contrast.js';

/** How mails look. */
export interface MailBrand {
  /** Who they are from, as the reader knows it. */
  name: string;
  /** The color of buttons, such as `#1d4ed8`. */
  accent: string;
  /** The color of text on it. */
  accentText: string;
  /** A picture that is shown instead of the name, `https://…`. */
  logoUrl?: string | undefined;
}

export const DEFAULT_BRAND: MailBrand = {
  name: DEFAULT_NAME,
  accent: DEFAULT_ACCENT,
  accentText: textOn(DEFAULT_ACCENT),
};
