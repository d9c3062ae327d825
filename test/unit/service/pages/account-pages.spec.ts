import { brandOf } from '../../../../src/brand/brand.js';
import { LINK_PAGES } from '../../../../src/mail/mail-data.js';
import { AccountPages } from '../../../../src/service/pages/account-pages.js';

const REQUEST = { acceptLanguage: 'en', mayBeSignedIn: false, query: {} };
const pages = (byMail: boolean) =>
  new AccountPages({
    brand: brandOf({}),
    locale: undefined,
    registration: true,
    byMail,
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
