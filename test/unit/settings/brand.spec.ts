import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readVariables } from '../../../src/settings/read-variables.js';

const folder = mkdtempSync(join(tmpdir(), 'brand-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const read = (env: Record<string, string>) => readVariables(env, { development: true });
const problemsOf = (env: Record<string, string>) =>
  read(env).problems.map(({ variable, message }) => `${variable} ${message}`);

describe('the variables of the brand', () => {
  it('have defaults', () => {
    const { settings } = read({});
    expect(settings).toMatchObject({ brandName: 'Latchkey', brandAccent: '#1d4ed8' });
    expect([settings.brandLogo, settings.accountLocale]).toEqual([undefined, undefined]);
  });

  it('are read', () => {
    const path = file('logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
    const env = { BRAND_NAME: 'Acme', BRAND_ACCENT: '#F60', BRAND_LOGO: path, ACCOUNT_LOCALE: 'fr' };
    const { settings, problems } = read(env);
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({ brandName: 'Acme', brandAccent: '#ff6600', accountLocale: 'fr' });
    expect(settings.brandLogo?.type).toBe('image/svg+xml');
  });

  it.each([
    ['BRAND_NAME', 'x'.repeat(61), 'must have at most 60 characters'],
    ['BRAND_NAME', 'a\u202Eb', 'must not contain control characters or invisible characters'],
    ['BRAND_ACCENT', 'rebeccapurple', 'must be a color in hexadecimal digits, such as #1d4ed8'],
    ['ACCOUNT_LOCALE', 'es', 'must be one of en, de, fr'],
    ['BRAND_LOGO', '/no/such/logo.svg', 'names a file that cannot be read (ENOENT)'],
    ['BRAND_LOGO', tmpdir(), 'must be the path of a file, an SVG or a PNG'],
  ])('%s=%s is refused in words', (variable, value, message) => {
    expect(problemsOf({ [variable]: value })).toEqual([`${variable} ${message}`]);
  });

  it('a file that is no logo is refused in words', () => {
    const said = (name: string, content: string | Buffer) => problemsOf({ BRAND_LOGO: file(name, content) });
    expect(said('a.svg', 'text')).toEqual([
      'BRAND_LOGO names a file that is neither an SVG (in UTF-8) nor a PNG',
    ]);
    expect(said('b.png', Buffer.alloc(200_001))).toEqual([
      'BRAND_LOGO names a file of more than 200000 bytes',
    ]);
    expect(said('c.svg', '<svg><script/></svg>')).toEqual([
      'BRAND_LOGO names a file that is an SVG with scripts, animations or embedded documents: remove them',
    ]);
  });
});
