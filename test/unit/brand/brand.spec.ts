import { accentFrom, brandNameProblem, brandOf } from '../../../src/brand/brand.js';
import { contrastOf, readableOn, textOn } from '../../../src/brand/contrast.js';
import { localeFor } from '../../../src/brand/locale.js';
import { logoFrom } from '../../../src/brand/logo.js';
import { markOf } from '../../../src/brand/mark.js';

/** Colors all over the cube. */
const LEVELS = ['00', '40', '77', '99', 'c0', 'ff'];
const COLORS = LEVELS.flatMap((red) =>
  LEVELS.flatMap((green) => LEVELS.map((blue) => `#${red}${green}${blue}`)),
);

describe('the colors of a brand', () => {
  it('contrast is that of WCAG', () => {
    expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrastOf('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
    expect(contrastOf('#1d4ed8', '#1d4ed8')).toBe(1);
  });

  it('text on any accent can be read', () => {
    for (const accent of COLORS) {
      const { accentText } = brandOf({ accent });
      expect({ accent, readable: contrastOf(accent, accentText) >= 4.5 }).toEqual({ accent, readable: true });
    }
    expect([textOn('#ffd400'), textOn('#1d4ed8')]).toEqual(['#000000', '#ffffff']);
  });

  it.each(['#ffffff', '#f3f4f6', '#1d2026', '#000000'])(
    'text in any accent can be read on %s',
    (background) => {
      const dull = COLORS.filter((color) => contrastOf(readableOn(background, color), background) < 4.5);
      expect(dull).toEqual([]);
    },
  );

  it('a color that can be read stays as it is', () => {
    expect(readableOn('#ffffff', '#1d4ed8')).toBe('#1d4ed8');
  });

  it.each([
    ['#1D4ED8', '#1d4ed8'],
    ['#fA0', '#ffaa00'],
    ['1d4ed8', undefined],
    ['#1d4ed880', undefined],
    ['blue', undefined],
    ['#12', undefined],
    ['#1d4ed8;}', undefined],
    ['#1d4ed8\n', undefined],
  ])('the color %j is read as %j', (text, color) => {
    expect(accentFrom(text)).toBe(color);
  });
});

describe('the name of a brand', () => {
  it('is short text that hides nothing', () => {
    expect(['Acme', 'Søren & Fils <GmbH>', '東京', 'a'.repeat(60)].map(brandNameProblem)).toEqual(
      Array.from({ length: 4 }),
    );
    for (const name of ['a'.repeat(61), 'a\nb', 'a\u202Eb', 'a\u200Bb'])
      expect(brandNameProblem(name)).toMatch(/^must/);
  });
});

describe('the logo of a brand', () => {
  const svg = (inside: string) =>
    Buffer.from(
      `<?xml version="1.0"?>\n<!-- a logo --><svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`,
    );

  it('is an SVG or a PNG by its content', () => {
    const png = Buffer.from('89504e470d0a1a0a0000', 'hex');
    expect(logoFrom(png)).toEqual({ content: png, type: 'image/png' });
    const drawing = svg('<style>.a{fill:red}</style><path class="a" d="M0 0"/>');
    expect(logoFrom(drawing)).toEqual({ content: drawing, type: 'image/svg+xml' });
  });

  it.each(['', 'GIF89a', '<html><svg></svg></html>', '<script></script>', '\u0000', '<svgx>'])(
    'is not anything else (%j)',
    (text) => {
      expect(logoFrom(Buffer.from(text))).toMatch(/neither an SVG/);
    },
  );

  it.each([
    '<script>alert(1)</script>',
    '<SCRIPT href="https://evil.example/x.js"/>',
    '<x:script xmlns:x="http://www.w3.org/2000/svg"/>',
    '<path onload="alert(1)"/>',
    '<a href="javascript:alert(1)"><path/></a>',
    '<foreignObject><body/></foreignObject>',
    '<set attributeName="onmouseover" to="alert(1)"/>',
    '<animate attributeName="href" values="x"/>',
  ])('runs nothing (%s)', (inside) => {
    expect(logoFrom(svg(inside))).toMatch(/scripts/);
  });

  it('declares no entities', () => {
    const text = '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>';
    expect(typeof logoFrom(Buffer.from(text))).toBe('string');
  });

  it('is drawn from the name and the color if there is none', () => {
    const drawn = (name?: string) => markOf(brandOf({ name, accent: '#ffd400' })).content.toString();
    expect(drawn('Émile')).toContain('>É</text>');
    expect(drawn('<b>')).toContain('>&lt;</text>');
    expect(drawn('acme')).toMatch(/fill="#ffd400".*fill="#000000">A</);
    expect(drawn()).not.toContain('<text');
    expect(logoFrom(Buffer.from(drawn('acme')))).toMatchObject({ type: 'image/svg+xml' });
  });
});

it.each([
  [undefined, 'en'],
  ['', 'en'],
  ['de', 'de'],
  ['de-AT,de;q=0.9,en;q=0.8', 'de'],
  ['en;q=0.5, fr-CA;q=0.9', 'fr'],
  ['es, it;q=0.9, fr;q=0.1', 'fr'],
  ['es', 'en'],
  ['*', 'en'],
  ['de;q=0, fr;q=0.2', 'fr'],
  ['DE-CH', 'de'],
  ['de;q=nonsense', 'en'],
  ['constructor, __proto__', 'en'],
  [`${'x,'.repeat(100_000)}de`, 'en'],
])('a browser that asks for %j gets %s', (header, locale) => {
  expect(localeFor(header)).toBe(locale);
});
