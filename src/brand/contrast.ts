export const BLACK = '#000000';
export const WHITE = '#ffffff';

type Rgb = readonly [number, number, number];

const rgbOf = (color: string): Rgb =>
  [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as unknown as Rgb;

const inHex = (rgb: Rgb) => `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

/** The contrast of two colors such as `#1d4ed8`, from 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrastOf(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Black or white, whichever is easier to read on the color: the contrast is never below 4.5. */
export function textOn(color: string): string {
  return contrastOf(WHITE, color) >= contrastOf(BLACK, color) ? WHITE : BLACK;
}

/** The color, made darker or lighter until text in it can be read on the background. */
export function readableOn(background: string, color: string, contrast = 4.5): string {
  const [from, to] = [rgbOf(color), rgbOf(textOn(background))];
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = inHex(from.map((part, i) => part + (to[i]! - part) * share) as unknown as Rgb);
    if (contrastOf(mixed, background) >= contrast) return mixed;
  }
  return inHex(to);
}

function luminanceOf(color: string): number {
  const [red, green, blue] = rgbOf(color).map((part) => {
    const share = part / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
