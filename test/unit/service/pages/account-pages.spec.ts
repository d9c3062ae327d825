import { brandOf } from '../../../../src/brand/brand.js';
import { LINK_PAGES } from '../../../../src/mail/mail-data.js';
import { AccountPages } from '../../../../src/service/pages/account-pages.js';

const REQUEST = { acceptLanguage: 'en', mayBeSignedIn: false, query: {} };
const FACTORS = { totp: true, recoveryCodes: true, passkeys: true, trustedDays: 30 };
const pages = (byMail: boolean, factors?: Partial<typeof FACTORS>) =>
  new AccountPages({
    brand: brandOf({}),
    locale: undefined,
    registration: true,
    byMail,
    factors: factors && { ...FACTORS, ...factors },
    minLength: 15,
    trustedOrigins: [],
  });

it('there is a page for every link of the mails, which tells nobody where its visitors come from', () => {
  for (const name of Object.values(LINK_PAGES)) {
    const page = pages(true).page(name, REQUEST);
    expect([name, page?.headers['Referrer-Policy'], page?.headers['Cache-Control']]).toEqual([
      name,
      'no-referrer',
      'no-store',
    ]);
  }
});

it('a page that takes a token takes it out of its address before any other script runs', () => {
  for (const name of ['confirm', 'verify', 'reset', 'confirm-email', 'undo-email', 'restore']) {
    const scripts = [...String(pages(true).page(name, REQUEST)!.content).matchAll(/src="([^"]+\.js)"/g)];
    expect(scripts.map(([, src]) => src)).toEqual(['/account/token.js', '/account/link.js']);
  }
});

it('without mail, nothing of it is there (A285)', () => {
  for (const name of Object.values(LINK_PAGES).filter((each) => !['', 'sign-in'].includes(each)))
    expect(pages(false).page(name, REQUEST)).toBeUndefined();
  for (const name of ['', 'sign-in'])
    expect(String(pages(false).page(name, REQUEST)!.content)).not.toMatch(/forgot|name-form|<dialog/);
});

const htmlOf = (name: string, factors?: Partial<typeof FACTORS>) =>
  String(pages(true, factors).page(name, REQUEST)!.content);

it('without second factors and passkeys, nothing of them is there', () => {
  expect(htmlOf('sign-in')).not.toMatch(
    /webauthn|id="(?:passkey|second|enrol|codes)"|one-time-code|INVALID_CODE/,
  );
  expect(htmlOf('')).not.toMatch(/security-heading|one-time-code|INVALID_CODE/);
  expect(htmlOf('sign-in', {})).toMatch(/webauthn/);
  expect(htmlOf('', {})).toMatch(/security-heading/);
});

it('the pages offer what there is', () => {
  const none = { totp: false, recoveryCodes: false, trustedDays: 0 };
  expect(htmlOf('sign-in', none)).not.toMatch(/id="trust"|data-use="(?:totp|recovery-codes)"|app-form/);
  expect(htmlOf('', none)).not.toMatch(/id="(?:add-app|devices|renewing|codes)"/);
  expect(htmlOf('sign-in', { passkeys: false })).not.toMatch(/webauthn|id="passkey"|data-use="passkey"/);
  expect(htmlOf('sign-in', { trustedDays: 7 })).toContain('Trust this device for 7 days');
});

it('no two elements of a page have the same id', () => {
  for (const name of ['', 'sign-in']) {
    const ids = [...htmlOf(name, {}).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect([name, ids.filter((id, index) => ids.indexOf(id) !== index)]).toEqual([name, []]);
  }
});
