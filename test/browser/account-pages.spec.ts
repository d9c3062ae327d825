import type { Browser, Page } from 'playwright-core';
import { AccountPagesInBrowser, signIn, signUp, violationsOn } from './support/account-pages.js';
import { describeWithBrowser, launchBrowser } from './support/browser.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';

describeWithBrowser('the account pages, in a browser', () => {
  const pages = new AccountPagesInBrowser();
  const open: (...call: Parameters<AccountPagesInBrowser['open']>) => Promise<Page> = (...call) =>
    pages.open(...call);

  beforeAll(() => pages.start(), 120_000);
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.end());

  it('sign up, sign out and sign in; what is wrong is said in words', async () => {
    const page = await open('/account');
    await page.waitForURL('**/account/sign-in');
    const email = await signUp(page);
    expect(await page.locator('#who').textContent()).toBe(`Ada, ${email}`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
    await signIn(page, email, 'not the password at all');
    await page.getByRole('alert').filter({ hasText: 'password is wrong' }).waitFor();
    await signIn(page, email);
    await page.getByText('(this one)').waitFor();

    const other = await open('/account/sign-up');
    await other.getByLabel('Email address').fill(email);
    await other.getByLabel('Password').fill(PASSWORD);
    await other.getByRole('button', { name: 'Sign up' }).click();
    await other.locator('#email-error').filter({ hasText: 'exists' }).waitFor();
    await other.getByLabel('Password').fill('password password');
    await other.getByLabel('Email address').fill(newEmail());
    await other.getByRole('button', { name: 'Sign up' }).click();
    await other.locator('#password-error').filter({ hasText: 'easy to guess' }).waitFor();
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'ended%00', '<b>out</b>'])(
    'the sign-in page shows no notice for a reason that it does not know (%s)',
    async (why) => {
      const page = await open(`/account/sign-in?why=${why}`);
      await page.waitForLoadState('networkidle');
      expect(await page.locator('#notice').textContent()).toBe('');
      expect(await page.locator('#notice').isHidden()).toBe(true);
    },
  );

  it.each([
    ['1', 'Try again in 1 second.'],
    ['30', 'Try again in 30 seconds.'],
    ['900', 'Try again in 15 minutes.'],
    ['86400', 'Try again in 24 hours.'],
  ])('how long to wait is said in words (%s)', async (retryAfter, sentence) => {
    const page = await open('/account/sign-in');
    const body = JSON.stringify({
      statusCode: 429,
      error: 'RATE_LIMITED',
      message: 'Too many attempts: try again later.',
    });
    await page.route('**/auth/login', (route) =>
      route.fulfill({ status: 429, headers: { 'retry-after': retryAfter }, body }),
    );
    await signIn(page, newEmail());
    await page.getByRole('alert').filter({ hasText: 'Too many' }).waitFor();
    expect(await page.getByRole('alert').textContent()).toBe(`Too many attempts. ${sentence}`);
  });

  it.each(['sign-in', 'sign-up'])(
    'an outcome that the page does not know is said in words (%s)',
    async (name) => {
      const page = await open(`/account/${name}`);
      await page.route('**/client/account-calls.js', (route) =>
        route.fulfill({
          contentType: 'text/javascript',
          body: `export const accountCalls = () => ({ enter: async () => ({ outcome: 'second-factor' }) });`,
        }),
      );
      await page.reload();
      await page.getByLabel('Email address').fill(newEmail());
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: /^Sign (in|up)/ }).click();
      await page.getByRole('alert').filter({ hasText: 'You are not signed in yet' }).waitFor();
      expect(new URL(page.url()).pathname).toBe(`/account/${name}`);
    },
  );

  it('a response with an outcome that the client does not know signs nobody in', async () => {
    const page = await open('/account/sign-in');
    const body = JSON.stringify({ outcome: 'second-factor', user: { id: 'ada' }, expiresIn: 900 });
    await page.route('**/auth/login', (route) => route.fulfill({ status: 200, body }));
    await signIn(page, newEmail());
    await page.getByRole('alert').filter({ hasText: 'unexpected response' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/account/sign-in');
  });

  it('sessions are shown with device and time, and can be ended one by one or all others at once', async () => {
    const first = await open('/account/sign-up');
    const email = await signUp(first);
    const second = await open('/account/sign-in');
    await signIn(second, email);
    await second.getByText('(this one)').waitFor();
    const rows = second.locator('#sessions li');
    expect(await rows.count()).toBe(2);
    expect(await rows.first().textContent()).toMatch(/Chrom.* on Linux \(this one\)/);
    expect(await rows.locator('time').first().getAttribute('datetime')).toMatch(/Z$/);

    await second.getByRole('button', { name: /^End the session on/ }).click();
    await second.getByText('That session has ended.').waitFor();
    expect(await rows.count()).toBe(1);
    await first.reload();
    await first.waitForURL('**/account/sign-in**');

    await signIn(first, email);
    await first.getByText('(this one)').waitFor();
    await first.getByRole('button', { name: 'End all others' }).click();
    await first.getByText('All other sessions have ended.').waitFor();
    await second.reload();
    await second.waitForURL('**/account/sign-in**');
    await second.getByText('Your session has ended. Sign in again.').waitFor();
  });

  it('the password can be changed, and recent events tell of it', async () => {
    const page = await open('/account/sign-up');
    const email = await signUp(page);
    const change = async (current: string, next: string) => {
      await page.getByLabel('Current password').fill(current);
      await page.getByLabel('New password').fill(next);
      await page.getByRole('button', { name: 'Change password' }).click();
    };
    await change('not the password at all', `${PASSWORD} again`);
    await page.locator('#currentPassword-error').filter({ hasText: 'wrong' }).waitFor();
    await change(PASSWORD, `${PASSWORD} again`);
    await page.getByText('Your password has been changed').waitFor();
    await page.locator('#events').getByText('Password changed').first().waitFor();
    const other = await open('/account/sign-in');
    await signIn(other, email, `${PASSWORD} again`);
    await other.getByText('(this one)').waitFor();
    expect(new URL(other.url()).pathname).toBe('/account');
  });

  it('everything can be done with the keyboard', async () => {
    const page = await open('/account/sign-in');
    const email = newEmail();
    await signUp(page, email);
    await page.context().clearCookies();
    await page.goto('/account/sign-in');
    await page.keyboard.type(email); // the field has the focus
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Tab'); // shows the password
    await page.keyboard.press('Enter');
    expect(await page.getByLabel('Password').getAttribute('type')).toBe('text');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByText('(this one)').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('You are signed out.').waitFor();
    expect(await page.locator(':focus').getAttribute('id')).toBe('email');
  });

  it.each(['light', 'dark'] as const)('axe-core finds nothing to complain of (%s)', async (colorScheme) => {
    const page = await open('/account/sign-up', { colorScheme, bypassCSP: true });
    for (const path of ['/account/sign-in', '/account/sign-up', '/account']) {
      if (path === '/account') await signUp(page);
      else await page.goto(path);
      expect({ path, violations: await violationsOn(page) }).toEqual({ path, violations: [] });
    }
  });

  it('nothing breaks the content security policy', async () => {
    const page = await open('/account/sign-in');
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await signUp(page);
    await page.reload();
    await page.getByText('(this one)').waitFor();
    expect(complaints).toEqual([]);
  });
});

describeWithBrowser('the start page of development, in a browser', () => {
  let database: TestDatabase;
  let service: ServiceProcess;
  let browser: Browser;

  beforeAll(async () => {
    database = await createDatabase();
    const settings = { ...productionSettings(database.url), NODE_ENV: 'development', COOKIE_SECURE: 'false' };
    [service, browser] = await Promise.all([startServiceProcess(settings), launchBrowser()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await service?.end();
    await database?.drop();
  });

  it('leads to an account in two steps', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
    });
    await page.goto(service.client.url);
    await page.getByRole('link', { name: 'Sign up' }).click();
    await page.waitForURL('**/account/sign-up'); // its scripts too
    await page.getByLabel('Email address').fill(newEmail());
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByText('(this one)').waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each(['light', 'dark'] as const)('axe-core finds nothing to complain of (%s)', async (colorScheme) => {
    const context = await browser.newContext({ colorScheme, bypassCSP: true });
    const page = await context.newPage();
    await page.goto(service.client.url);
    expect(await violationsOn(page)).toEqual([]);
    await context.close();
  });
});
