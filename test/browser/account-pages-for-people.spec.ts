/// <reference lib="dom" />
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import {
  AccountPagesInBrowser,
  overflows,
  signIn,
  signUp,
  submitSignIn,
  violationsOn,
} from './support/account-pages.js';
import { describeWithBrowser, type PageServer, servePages } from './support/browser.js';
import { newEmail, PASSWORD } from '../support/client.js';

const NARROW = { viewport: { width: 320, height: 640 } };
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><rect width="90" height="30"/></svg>';

const focused = (page: Page) => page.locator(':focus');
const isInView = (page: Page, selector: string) =>
  page.evaluate(`{
    const { top, bottom } = document.querySelector('${selector}').getBoundingClientRect();
    top >= 0 && bottom <= innerHeight;
  }`);

describeWithBrowser('the account pages, for people', () => {
  const pages = new AccountPagesInBrowser();
  const folder = mkdtempSync(join(tmpdir(), 'brand-'));
  let app: PageServer;

  beforeAll(async () => {
    const logo = join(folder, 'logo.svg');
    writeFileSync(logo, LOGO);
    app = await servePages('<!doctype html><title>The app</title>');
    await pages.start({
      BRAND_NAME: 'Aperture & <Söhne>',
      BRAND_ACCENT: '#ffd400',
      BRAND_LOGO: logo,
      CORS_ORIGINS: `http://app.localhost:${app.port}`,
    });
  }, 120_000);
  afterEach(() => pages.closeContexts());
  afterAll(async () => {
    await pages.end();
    await app?.close();
    rmSync(folder, { recursive: true });
  });

  const submit = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

  it('the result of a password change is on the screen, beside the button, and announced', async () => {
    const page = await pages.open('/account/sign-up', { viewport: { width: 390, height: 600 } });
    await signUp(page);
    await page.getByLabel('Current password').fill(PASSWORD);
    await page.getByLabel('New password').fill(`${PASSWORD} again`);
    await submit(page, 'Change password');
    const notice = page.locator('#password-form [role=status]');
    await notice.filter({ hasText: 'has been changed' }).waitFor();
    expect(await isInView(page, '#password-form [role=status]')).toBe(true);
    expect(await focused(page).textContent()).toBe('Change password');
  });

  it('an error takes the place of an older success, and is beside its field', async () => {
    const page = await pages.open('/account/sign-up');
    await signUp(page);
    await page.getByLabel('Current password').fill(PASSWORD);
    await page.getByLabel('New password').fill(`${PASSWORD} again`);
    await submit(page, 'Change password');
    await page.getByText('Your password has been changed').waitFor();
    await page.getByLabel('Current password').fill('not the password at all');
    await page.getByLabel('New password').fill(PASSWORD);
    await submit(page, 'Change password');
    await page.locator('#currentPassword-error').filter({ hasText: 'is wrong' }).waitFor();
    const current = page.getByLabel('Current password');
    expect(await page.getByText('has been changed').count()).toBe(0);
    expect(await current.getAttribute('aria-invalid')).toBe('true');
    expect(await current.getAttribute('aria-describedby')).toContain('currentPassword-error');
    expect(await focused(page).getAttribute('id')).toBe('currentPassword');
    await current.fill(PASSWORD);
    expect(await current.getAttribute('aria-invalid')).toBe(null);
    expect(await page.locator('#currentPassword-error').textContent()).toBe('');
  });

  it('after a failed sign-in the focus is in the password, which is marked', async () => {
    const page = await pages.open('/account/sign-in');
    await submitSignIn(page, newEmail(), 'not the password at all');
    await page.getByRole('alert').filter({ hasText: 'is wrong' }).waitFor();
    expect(await focused(page).getAttribute('id')).toBe('password');
    expect(await page.getByLabel('Password').getAttribute('aria-invalid')).toBe('true');
  });

  it('after "End" the focus is on the next session, or on the heading', async () => {
    const page = await pages.open('/account/sign-up');
    const email = await signUp(page);
    for (let i = 0; i < 2; i += 1)
      await pages.service.client.post('/auth/login', { email, password: PASSWORD });
    await page.reload();
    const ends = page.getByRole('button', { name: /^End the session on/ });
    await ends.nth(1).waitFor();
    for (const place of ['#sessions li button:focus', '#sessions-heading:focus']) {
      const before = await ends.count();
      await ends.first().focus();
      await page.keyboard.press('Enter');
      await ends.nth(before - 1).waitFor({ state: 'detached' });
      await page.locator(place).waitFor();
    }
    expect(await page.locator('section [role=status]').first().textContent()).toBe('That session has ended.');
  });

  it('fields say what is wrong with them before anything is sent', async () => {
    const page = await pages.open('/account/sign-up');
    let sent = 0;
    await page.route('**/auth/register', (route) => ((sent += 1), route.abort()));
    await submit(page, 'Sign up');
    expect(await page.locator('#email-error').textContent()).toBe('Fill in this field.');
    expect(await focused(page).getAttribute('id')).toBe('email');
    await page.getByLabel('Email address').fill('ada');
    await page.getByLabel('Password').fill('fourteen chars');
    await submit(page, 'Sign up');
    expect(await page.locator('#email-error').textContent()).toContain('such as ada@example.com');
    expect(await page.locator('#password-error').textContent()).toBe('Use at least 15 characters.');
    expect(sent).toBe(0);
  });

  it('the rule for passwords is told first, how far it is met meanwhile, and it can be shown', async () => {
    const page = await pages.open('/account/sign-up');
    const password = page.getByLabel('Password');
    expect(await page.locator('#password-hint').textContent()).toMatch(/^At least 15 characters\./);
    expect(await password.getAttribute('aria-describedby')).toContain('password-hint');
    for (const [text, words, level] of [
      ['fourteen chars', '1 more character', '1'],
      ['twelve chars', '3 more characters', '1'],
      ['aaaaaaaaaaaaaaa', 'Too few different characters', '1'],
      ['abcdefabcdefabcdef', 'Long enough', '2'],
      [PASSWORD, 'Long and varied', '3'],
    ] as const) {
      await password.fill(text);
      await page.locator('.strength .words').getByText(words, { exact: true }).waitFor();
      expect(await page.locator('.strength').getAttribute('data-level')).toBe(level);
    }
    await page.getByRole('button', { name: 'Show Password' }).click();
    expect(await password.getAttribute('type')).toBe('text');
    await page.getByRole('button', { name: 'Hide Password' }).click();
    expect(await password.getAttribute('type')).toBe('password');
  });

  it.each(['/account', '/account/sign-in', '/account/sign-up'])(
    'a visitor sees nothing that is not for them until the service has answered (%s)',
    async (path) => {
      const page = await pages.open('/account/sign-up');
      await signUp(page);
      let answer = () => {};
      const asked = new Promise<void>((resolve) => (answer = resolve));
      await page.route('**/auth/me', async (route) => (await asked, route.fallback()));
      await page.goto(path);
      expect(await page.locator('#content').isHidden()).toBe(true);
      answer();
      await page.getByText('(this one)').waitFor(); // the sign-in pages lead to the account
      expect(new URL(page.url()).pathname).toBe('/account');
    },
  );

  it('nothing of the account is shown to someone whose session has ended meanwhile', async () => {
    const page = await pages.open('/account/sign-up');
    await signUp(page);
    await page.route('**/auth/{me,refresh}', (route) => route.abort());
    await page.goto('/account');
    await page.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor();
    expect(await page.locator('#content').isHidden()).toBe(true);
  });

  it('two tabs at the sign-in page notice each other', async () => {
    const first = await pages.open('/account/sign-up');
    const email = await signUp(first);
    await first.getByRole('button', { name: 'Sign out' }).click();
    await first.getByText('You are signed out.').waitFor();
    const second = await first.context().newPage();
    await second.goto('/account/sign-in');
    await second.getByLabel('Email address').waitFor();
    await submitSignIn(first, email);
    await Promise.all([first, second].map((tab) => tab.getByText('(this one)').waitFor()));
    expect([first, second].map((tab) => new URL(tab.url()).pathname)).toEqual(['/account', '/account']);
  });

  describe('the return address', () => {
    const signInAt = async (next: string) => {
      const page = await pages.open('/account/sign-up');
      const email = await signUp(page);
      await page.context().clearCookies();
      await page.goto(`/account/sign-in?next=${encodeURIComponent(next)}`);
      await submitSignIn(page, email);
      return page;
    };

    it('leads back, to this origin or a trusted one, also by way of the sign-up page', async () => {
      await (await signInAt('/health/live?x=1')).waitForURL('**/health/live?x=1');
      const address = `http://app.localhost:${app.port}/cart?x=1`;
      await (await signInAt(address)).waitForURL(address);
      const page = await pages.open(`/account/sign-in?next=${encodeURIComponent('/health/live?y=2')}`);
      await page.getByRole('link', { name: 'Sign up' }).click();
      await page.getByLabel('Email address').fill(newEmail());
      await page.getByLabel('Password').fill(PASSWORD);
      await submit(page, 'Sign up');
      await page.waitForURL('**/health/live?y=2');
      expect(await page.locator('body').textContent()).toContain('ok');
    });

    it('is followed at once by those who are signed in', async () => {
      const page = await pages.open('/account/sign-up');
      await signUp(page);
      await page.goto('/account/sign-in?next=/health/live');
      await page.waitForURL('**/health/live');
      expect(await page.getByLabel('Password').count()).toBe(0);
    });

    it.each([
      '//evil.localhost',
      '/\\evil.localhost',
      'https:evil.localhost',
      'javascript:document.write(1)',
    ])('is ignored if it is not allowed (%s)', async (next) => {
      const page = await signInAt(next);
      await page.getByText('(this one)').waitFor();
      expect(page.url()).toBe(`${pages.service.client.url}/account`);
    });
  });

  it('a mistyped address below /account is a page for people, and an error for scripts', async () => {
    const page = await pages.open('/account/sing-in');
    for (const path of ['/account/sing-in', '/account/a/b/c', '/account/client/x.js']) {
      const answer = await page.goto(path);
      expect([path, answer?.status(), answer?.headers()['content-type']]).toEqual([
        path,
        404,
        'text/html; charset=utf-8',
      ]);
      await page.getByRole('heading', { name: 'This page does not exist' }).waitFor();
      const { status, body } = await pages.service.client.get(path);
      expect([path, status, body.error]).toEqual([path, 404, 'NOT_FOUND']);
    }
    await page.getByRole('main').getByRole('link', { name: 'My account' }).click();
    await page.waitForURL('**/account/sign-in');
  });

  it('the brand has a name, a color with readable text, and a logo that runs nothing', async () => {
    const page = await pages.open('/account/sign-in');
    expect(await page.title()).toBe('Sign in · Aperture & <Söhne>');
    expect(await page.locator('.brand').textContent()).toContain('Aperture & <Söhne>');
    const button = "getComputedStyle(document.querySelector('[type=submit]'))";
    const colors = await page.evaluate(`[${button}.backgroundColor, ${button}.color]`);
    expect(colors).toEqual(['rgb(255, 212, 0)', 'rgb(0, 0, 0)']);
    expect(await page.evaluate("document.querySelector('.brand img').naturalWidth")).toBe(90);
    const { status, body, headers } = await pages.service.client.get('/account/mark');
    expect([status, body]).toEqual([200, LOGO]);
    expect(headers.get('content-type')).toBe('image/svg+xml');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*sandbox$/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('without JavaScript the page says what is missing, and shows no form that does nothing', async () => {
    for (const path of ['/account', '/account/sign-in', '/account/sign-up']) {
      const page = await pages.open(path, { javaScriptEnabled: false });
      expect(await page.locator('noscript p').isVisible()).toBe(true);
      expect(await page.locator('noscript p').textContent()).toContain('requires JavaScript');
      expect(await page.getByRole('button').count()).toBe(0);
    }
  });

  it.each([
    ['de-AT', 'de', 'Anmelden', 'Die E-Mail-Adresse oder das Passwort ist falsch.'],
    ['fr-CA', 'fr', 'Se connecter', 'L’adresse e-mail ou le mot de passe est incorrect.'],
    ['es', 'en', 'Sign in', 'The email address or password is wrong.'],
  ])('a browser in %s gets the pages in %s', async (locale, lang, name, message) => {
    const page = await pages.open('/account/sign-in', { locale });
    expect(await page.locator('html').getAttribute('lang')).toBe(lang);
    await page.locator('#email').fill(newEmail());
    await page.locator('#password').fill('not the password at all');
    await submit(page, name);
    await page.getByRole('alert').filter({ hasText: message }).waitFor();
  });

  it('what the service says about a password is in the language of the page', async () => {
    const page = await pages.open('/account/sign-up', { locale: 'de' });
    await page.locator('#email').fill(newEmail());
    await page.locator('#password').fill('qwertyuiopqwertyuiop');
    await submit(page, 'Registrieren');
    await page.locator('#password-error').filter({ hasText: 'Das ist leicht zu erraten' }).waitFor();
    expect(await page.locator('#password-error').textContent()).not.toMatch(/pattern|repeated|common/);
  });

  it('long values and many sessions fit on 320 px, and are shown in portions', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    const email = `${'a'.repeat(60)}@${'b'.repeat(15)}.${Date.now()}.example`;
    await signUp(page, email, 'W'.repeat(200));
    const login = (i: number) =>
      pages.service.client.post(
        '/auth/login',
        { email, password: PASSWORD },
        { headers: { 'user-agent': `${'X'.repeat(300)}/${i} Firefox/140.0 (Windows NT 10.0)` } },
      );
    for (let i = 0; i < 14; i += 1) expect((await login(i)).status).toBe(200);
    await page.reload();
    await page.getByText('(this one)').waitFor();
    expect(await overflows(page)).toBe(false);
    const rows = page.locator('#sessions li');
    expect(await rows.count()).toBe(10);
    await page.getByRole('button', { name: 'Show all 15' }).click();
    expect(await rows.count()).toBe(15);
    expect(await overflows(page)).toBe(false);
  });

  it.each([
    ['light', 'en'],
    ['dark', 'de'],
    ['light', 'fr'],
  ] as const)(
    'every state of the pages is accessible and fits on 320 px (%s, %s)',
    async (colorScheme, locale) => {
      const page = await pages.open('/account/sign-up', { ...NARROW, colorScheme, locale, bypassCSP: true });
      const states: Record<string, unknown> = {};
      const look = async (state: string) => {
        states[state] = { violations: await violationsOn(page), overflows: await overflows(page) };
      };
      const send = () => page.locator('[type=submit]').click();
      await look('sign-up');
      await page.locator('#password').fill('short');
      await send();
      await look('sign-up with errors');
      await page.locator('#email').fill(newEmail());
      await page.locator('#password').fill(PASSWORD);
      await page.waitForTimeout(700); // the words about its strength
      await page.locator('.show').click();
      await look('a password that is shown');
      await send();
      await page.locator('#sessions li').first().waitFor();
      await look('the account');
      await page.locator('#currentPassword').fill(PASSWORD);
      await page.locator('#newPassword').fill(`${PASSWORD} again`);
      await send();
      await page.locator('.notice:not(:empty)').waitFor();
      await look('the account with a success');
      await page.locator('#currentPassword').fill('wrong');
      await page.locator('#newPassword').fill(`${PASSWORD} again`);
      await send();
      await page.locator('.error:not(:empty)').waitFor();
      await look('the account with an error');
      await page.locator('#sign-out').click();
      await page.locator('#notice:not(:empty)').waitFor();
      await look('signed out');
      await page.locator('#email').fill(newEmail());
      await page.locator('#password').fill('wrong');
      await send();
      await page.locator('.problem:not(:empty)').waitFor();
      await look('a failed sign-in');
      await page.goto('/account/nowhere');
      await look('no such page');
      expect(Object.values(states)).toEqual(
        Object.keys(states).map(() => ({ violations: [], overflows: false })),
      );
    },
    240_000,
  );

  it('nothing moves for those who do not want it', async () => {
    const moving = (page: Page) =>
      page.evaluate<number>(`[...document.querySelectorAll('*')].map((element) => getComputedStyle(element)).filter(
        ({ transitionProperty, transitionDuration }) => transitionProperty !== 'none' && transitionDuration !== '0s',
      ).length`);
    const [still, usual] = [
      await pages.open('/account/sign-up', { reducedMotion: 'reduce' }),
      await pages.open('/account/sign-up'),
    ];
    expect(await moving(still)).toBe(0);
    expect(await moving(usual)).toBeGreaterThan(0);
  });

  it('the other sessions are ended with a message, and the focus on the heading', async () => {
    const page = await pages.open('/account/sign-up');
    const email = await signUp(page);
    const other = await pages.open('/account/sign-in');
    await signIn(other, email);
    await other.getByText('(this one)').waitFor();
    await page.reload();
    await submit(page, 'End all others');
    await page.getByText('All other sessions have ended.').waitFor();
    expect(await focused(page).textContent()).toBe('Where you are signed in');
  });
});

describeWithBrowser('the account pages in one language', () => {
  const pages = new AccountPagesInBrowser();
  beforeAll(
    () => pages.start({ ACCOUNT_LOCALE: 'fr', REGISTRATION: 'off', PASSWORD_MIN_LENGTH: '12' }),
    120_000,
  );
  afterAll(() => pages.end());

  it('ignore what the browser asks for, and offer no registration if there is none', async () => {
    const page = await pages.open('/account/sign-in', { locale: 'de' });
    expect(await page.locator('html').getAttribute('lang')).toBe('fr');
    await page.getByRole('heading', { name: 'Se connecter' }).waitFor();
    expect(await page.getByRole('link', { name: 'S’inscrire' }).count()).toBe(0);
    expect((await page.goto('/account/sign-up'))?.status()).toBe(404);
  });
});
