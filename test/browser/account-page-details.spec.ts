/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { AccountPagesInBrowser, overflows, signUp, violationsOn } from './support/account-pages.js';
import { describeWithBrowser } from './support/browser.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { PUBLIC_URL } from '../support/service-process.js';
import { until } from '../support/until.js';

const NARROW = { viewport: { width: 320, height: 640 }, bypassCSP: true };
const LONG_EMAIL = () => `${'a'.repeat(60)}@${'b'.repeat(15)}.${Date.now()}.example`;

const fitsEverybody = async (page: Page) =>
  expect([page.url(), await violationsOn(page), await overflows(page)]).toEqual([page.url(), [], false]);

/** What the focus is on, in words. */
const focused = (page: Page) =>
  page.evaluate<string>(`{
    const { id, textContent } = document.activeElement;
    id || textContent.trim();
  }`);

describeWithBrowser('the account pages, in detail', () => {
  const pages = new AccountPagesInBrowser();
  beforeAll(() => pages.start({ NODE_ENV: 'development', EMAIL_VERIFICATION: 'optional' }), 240_000);
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.end());

  const mailsTo = async (email: string) =>
    ((await pages.service.client.get('/account/mailbox')).body as string)
      .split('<li>')
      .filter((item) => item.includes(`to ${email}`));

  it('who has not proven the address is told so, and gets the link again at the press of a key', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    const email = await signUp(page, LONG_EMAIL());
    await page.getByText('You have not confirmed your email address yet.').waitFor();
    await until(async () => (await mailsTo(email)).length === 1);
    await page.locator('#resend').focus();
    await page.keyboard.press('Enter');
    await page.getByText(`An email with a link is on its way to ${email}.`).waitFor();
    expect(await focused(page)).toBe('resend');
    await fitsEverybody(page);
    await until(async () => (await mailsTo(email)).length === 2);
    const [link] = /\/account\/verify#t=lk_[\w-]+/.exec((await mailsTo(email)).join(''))!;
    await page.goto(link);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('Your email address is confirmed.').waitFor();
    await Promise.all([page.waitForResponse('**/account/address'), page.goto('/account')]);
    await page.getByText('(this one)').waitFor();
    expect(await page.locator('#resend').isHidden()).toBe(true);
  });

  it('whether the address is proven is not said, and all else works, while it cannot be asked', async () => {
    const page = await pages.open('/account/sign-up');
    await page.route('**/account/address', (route) => route.abort());
    await signUp(page);
    expect(await page.locator('#resend').isHidden()).toBe(true);
    expect(await page.getByRole('alert').allTextContents()).not.toContain('The service cannot be reached.');
    await page.getByRole('button', { name: 'Change name' }).click();
    await page.getByText('Your name has been changed.').waitFor();
  });

  it('the mailbox is a page that fits on 320 px, and its links lead on', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    const email = await signUp(page);
    await until(async () => (await mailsTo(email)).length === 1);
    await page.goto('/account/mailbox');
    await page.getByRole('heading', { name: 'Mailbox' }).waitFor();
    expect(await overflows(page)).toBe(false);
    const link = page.locator('details[open] pre a').first();
    expect(await link.getAttribute('href')).toMatch(`${PUBLIC_URL}/account/verify#t=`);
    await page.goto('/account/mailbox/99');
    await page.getByRole('heading', { name: 'Mailbox' }).waitFor();
  });

  it('mistyped addresses lead to the page that was meant, or to one that says that there is none', async () => {
    const page = await pages.open('/account/sign-in/?why=out', NARROW);
    await page.getByText('You are signed out.').waitFor();
    expect(page.url()).toBe(`${pages.service.client.url}/account/sign-in?why=out`);
    await page.goto('/ACCOUNT//Sign-Up/');
    await page.getByRole('heading', { name: 'Create your account' }).waitFor();
    for (const path of ['/account/%zz', '/account/unknown', '/account/a%2Fb', '/account/mailboxes/1']) {
      expect([path, (await page.goto(path))?.status()]).toEqual([path, 404]);
      await page.getByRole('heading', { name: 'This page does not exist' }).waitFor();
    }
    await fitsEverybody(page);
  });

  it('a form that is filled in and sent before its script has arrived waits for it, and is not lost', async () => {
    const page = await (await pages.context()).newPage();
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    await page.route('**/account/form.js', async (route) => {
      await arrived;
      await route.continue();
    });
    await page.goto('/account/forgot', { waitUntil: 'commit' });
    await page.getByLabel('Email address').fill(newEmail());
    await page.keyboard.press('Enter');
    const sent = page.getByText('If there is an account', { exact: false }).waitFor();
    const click = page.getByRole('button', { name: 'Send' }).click();
    arrive();
    await Promise.all([click, sent]);
    expect(new URL(page.url()).pathname).toBe('/account/forgot');
  });

  it('the account is managed with the keyboard alone, and dialogs give the focus back', async () => {
    const page = await pages.open('/account/sign-up', { viewport: { width: 390, height: 600 } });
    await signUp(page);
    await page.locator('#unproven').waitFor();
    await page.reload();
    await page.locator('#unproven').waitFor();
    const passed: string[] = [];
    while (passed.at(-1) !== 'close' && passed.length < 40) {
      await page.keyboard.press('Tab');
      passed.push(await focused(page));
      const outline = await page.evaluate(`{
        const focus = document.activeElement;
        const { outlineStyle } = getComputedStyle(focus);
        outlineStyle !== 'none' || getComputedStyle(focus.parentElement).boxShadow !== 'none';
      }`);
      expect([passed.at(-1), outline]).toEqual([passed.at(-1), true]);
    }
    const own = passed.filter((name) => /^[a-zA-Z-]+$/.test(name) && name !== 'Latchkey');
    expect(own).toEqual('sign-out currentPassword newPassword resend name newEmail export close'.split(' '));
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await focused(page)).toBe('close');
    await page.locator('#currentPassword').focus();
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Tab'); // past the button that shows it
    await page.keyboard.press('Tab');
    await page.keyboard.type(`${PASSWORD} again`);
    await page.keyboard.press('Enter');
    await page.getByText('Your password has been changed').waitFor();
  });

  it('the pages look chosen: a name and a mark above, a centered card, a wide button, fields to write in', async () => {
    for (const width of [320, 390, 1280]) {
      const page = await pages.open('/account/sign-in', { viewport: { width, height: 800 } });
      const box = async (selector: string) => (await page.locator(selector).first().boundingBox())!;
      const [brand, card, field, button] = await Promise.all(
        ['.brand', 'main', '.input', '[type=submit]'].map(box),
      );
      expect(Math.abs(card!.x + card!.width / 2 - width / 2)).toBeLessThan(2);
      expect(Math.abs(brand!.x + brand!.width / 2 - width / 2)).toBeLessThan(2);
      expect(brand!.y + brand!.height).toBeLessThan(card!.y);
      expect([button!.x, button!.width]).toEqual([field!.x, field!.width]);
      const background = (selector: string) =>
        page.evaluate(`getComputedStyle(document.querySelector('${selector}')).backgroundColor`);
      expect(await background('.input')).toBe('rgb(255, 255, 255)');
      expect(await background('body')).not.toBe('rgb(255, 255, 255)');
    }
  });

  it.each([
    ['en', 'sign-in', '**/auth/login'],
    ['de', 'sign-up', '**/auth/register'],
    ['fr', 'forgot', '**/auth/password/forgot'],
  ])(
    'whatever the service answers is said in words that fit on 320 px (%s, %s)',
    async (locale, name, url) => {
      const page = await pages.open(`/account/${name}`, { ...NARROW, locale });
      const fill = async (selector: string, text: string) => {
        if ((await page.locator(selector).count()) > 0) await page.locator(selector).fill(text);
      };
      const said = new Set<string>();
      const answers = [
        [429, 'RATE_LIMITED'],
        [503, 'UNAVAILABLE'],
        [500, 'INTERNAL_ERROR'],
        [403, 'EMAIL_NOT_VERIFIED'],
        [400, 'VALIDATION_FAILED'],
        [200, undefined],
        [0, ''],
      ] as const;
      for (const [status, error] of answers) {
        await page.unroute(url);
        await page.route(url, (route) =>
          status === 0
            ? route.abort()
            : route.fulfill({
                status,
                ...([429, 503].includes(status) && { headers: { 'retry-after': '86400' } }),
                body: JSON.stringify({ statusCode: status, error, message: 'No.' }),
              }),
        );
        await fill('#email', newEmail());
        await fill('#password', PASSWORD);
        await page.locator('[type=submit]').click();
        const alert = page.locator('.problem:not(:empty)');
        await page.waitForFunction(
          (known) => {
            const text = document.querySelector('.problem:not(:empty)')?.textContent ?? '';
            return text !== '' && !known.includes(text);
          },
          [...said],
        );
        said.add((await alert.textContent())!);
        expect(await page.locator('.message:not(:empty)').count()).toBe(1);
        await fitsEverybody(page);
      }
      expect([...said].filter((text) => /No\.|undefined|null|[A-Z]+_[A-Z]+/.test(text))).toEqual([]);
      expect(said.size).toBe(answers.length);
    },
  );
});
