import type { AuthModuleOptions } from '../../../src/index.js';
import { fillInBrand } from '../../../src/settings/fill-in-brand.js';

const PNG = { content: Buffer.alloc(0), type: 'image/png' } as const;
const LOOK = {
  brandName: 'Acme',
  brandAccent: '#ff6600',
  brandLogo: undefined,
  accountLocale: undefined,
  accountPages: true,
};
const MAIL = { from: 'no-reply@example.com', smtp: 'smtp://127.0.0.1' };

function filledIn(
  options: Partial<AuthModuleOptions>,
  look: Partial<Parameters<typeof fillInBrand>[1]> = {},
) {
  const auth = { jwt: {}, publicUrl: 'https://auth.example.com/', ...options } as AuthModuleOptions;
  fillInBrand(auth, { ...LOOK, ...look });
  return auth;
}

it('mails have the name, the color and the language of the pages', () => {
  const { mail } = filledIn({ mail: MAIL }, { accountLocale: 'fr' });
  expect(mail).toEqual({ ...MAIL, brand: { name: 'Acme', accent: '#ff6600' }, locale: 'fr' });
});

it('what is set for mails alone counts more, and so does the name in MAIL_FROM where no other was chosen', () => {
  const own = { ...MAIL, locale: 'de', brand: { name: 'Own', accent: '#000000' } };
  expect(filledIn({ mail: own }, { accountLocale: 'fr' }).mail).toEqual(own);
  expect(filledIn({ mail: MAIL }, { brandName: 'Latchkey' }).mail?.brand).toEqual({ accent: '#ff6600' });
});

it.each([
  ['a PNG that can be loaded', {}, { brandLogo: PNG }, 'https://auth.example.com/account/mark'],
  [
    'an SVG, which mail programs do not show',
    {},
    { brandLogo: { ...PNG, type: 'image/svg+xml' } },
    undefined,
  ],
  ['without HTTPS', { publicUrl: 'http://127.0.0.1:3000' }, { brandLogo: PNG }, undefined],
  ['without the pages, which serve it', {}, { brandLogo: PNG, accountPages: false }, undefined],
] as const)('the logo is in mails if it is %s', (_, options, look, logoUrl) => {
  expect(filledIn({ mail: MAIL, ...options }, look).mail?.brand?.logoUrl).toBe(logoUrl);
});

it('the name is what passwords must not contain, unless another one is set', () => {
  expect(filledIn({}).passwords).toEqual({ serviceName: 'Acme' });
  expect(filledIn({ passwords: { minLength: 20, serviceName: 'own' } }).passwords).toEqual({
    minLength: 20,
    serviceName: 'own',
  });
  expect(filledIn({}, { brandName: 'Latchkey' }).passwords).toBeUndefined(); // the default of the module
  expect(filledIn({}).mail).toBeUndefined();
});
