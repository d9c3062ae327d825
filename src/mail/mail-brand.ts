/** How mails look. */
export interface MailBrand {
  /** Who they are from, as the reader knows it. */
  name: string;
  /** The color of buttons, such as `#2457d6`. */
  accent: string;
  /** The color of text on it. */
  accentText: string;
  /** A picture that is shown instead of the name, `https://…`. */
  logoUrl?: string | undefined;
}

export const DEFAULT_BRAND: MailBrand = { name: 'Latchkey', accent: '#2457d6', accentText: '#ffffff' };

/** Black or white: whichever is easier to read on a color such as `#2457d6` (WCAG 2.2). */
export function textOn(accent: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(accent.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#ffffff' : '#000000';
}
