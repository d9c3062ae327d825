/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { AccountPagesInBrowser, overflows, signIn, signUp, violationsOn } from './support/account-pages.js';
import { describeWithBrowser } from './support/browser.js';
import { longAgo } from './support/factor-pages.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { PUBLIC_URL } from '../support/service-process.js';
import { until } from '../support/until.js';

const OTHER = 'quite another long sentence';
const NARROW = { viewport: { width: 320, height: 640 }, bypassCSP: true };
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** A service in development, whose mails are at `/account/mailbox`. */
function flows(verification: string) {
  const pages = new AccountPagesInBrowser();
  const used = new Set<string>();
  beforeAll(() => pages.start({ NODE_ENV: 'development', EMAIL_VERIFICATION: verification }), 240_000);
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.end());

  /** The path of the newest unused link to a page in the mails to an address. */
  async function link(email: string, name: string): Promise<string> {
    let found: string | undefined;
    await until(async () => {
      const html = (await pages.service.client.get('/account/mailbox')).body as string;
      const texts = html.split('<li>').filter((item) => item.includes(`to ${email}`));
      const links = texts.flatMap((text) =>
        [...text.matchAll(/href="([^"]+#t=[^"]+)"/g)].map(([, url]) => url!),
      );
      found = links.find((url) => url.startsWith(`${PUBLIC_URL}/account/${name}#`) && !used.has(url));
      return found !== undefined;
    });
    used.add(found!);
    return found!.slice(PUBLIC_URL.length);
  }

  /** Opens a link, and makes sure that its token is nowhere any more, and that everybody can use the page. */
  async function follow(page: Page, path: string): Promise<void> {
    const token = path.split('#t=')[1]!;
    const seen: string[] = [];
    page.on(
      'request',
      (request) => void seen.push(request.url().split('#')[0]!, request.headers().referer ?? ''),
    );
    await page.goto('/health/live');
    await page.goto(path);
    await page.waitForFunction(() => !location.hash);
    expect(page.url()).toBe(pages.service.client.url + path.split('#')[0]);
    expect(await page.evaluate(() => document.referrer + JSON.stringify(history.state))).not.toContain(token);
    expect(seen.join(' ')).not.toContain(token);
    expect([path.split('#')[0], await violationsOn(page), await overflows(page)]).toEqual([
      path.split('#')[0],
      [],
      false,
    ]);
  }
  return { pages, link, follow };
}

describeWithBrowser('the pages of mailed links, in a browser', () => {
  const { pages, link, follow } = flows('optional');

  it('an address is proven at the press of a button, once', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    const path = await link(await signUp(page), 'verify');
    await follow(page, path);
    await press(page, 'Confirm');
    await page.getByText('Your email address is confirmed.').waitFor();
    await page.goto('/health/live');
    await page.goto(path);
    await press(page, 'Confirm');
    await page.getByRole('alert').filter({ hasText: 'This link does not work' }).waitFor();
    expect(await page.locator(':focus').textContent()).toBe('My account');
  });

  it('a forgotten password is replaced with the keyboard; every address gets the same answer', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    const email = await signUp(page);
    await page.context().clearCookies();
    await page.goto('/account/sign-in');
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    for (const address of [newEmail(), email]) {
      await page.goto('/account/forgot');
      await page.getByLabel('Email address').fill(address);
      await page.keyboard.press('Enter');
      await page.getByText('If there is an account with this address').waitFor();
      expect([await violationsOn(page), await overflows(page)]).toEqual([[], false]);
    }
    const path = await link(email, 'reset');
    await follow(page, path);
    await page.getByLabel('New password').fill('qwertyuiopqwertyuiop');
    await page.keyboard.press('Enter');
    await page.locator('#newPassword-error').filter({ hasText: 'easy to guess' }).waitFor();
    await page.getByLabel('New password').fill(OTHER);
    await page.keyboard.press('Enter');
    await page.getByText('Sign in with the new one.').waitFor();
    await signIn(page, email, OTHER);
    await page.getByText('(this one)').waitFor();
    await follow(page, path);
    await page.getByLabel('New password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'This link does not work' }).waitFor();
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.waitForURL('**/account/forgot');
  });

  it('the name and the address are changed, and the change of the address is undone', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    const [email, next] = [await signUp(page), newEmail()];
    expect([await violationsOn(page), await overflows(page)]).toEqual([[], false]);
    await page.locator('#name').fill('Grace');
    await press(page, 'Change name');
    await page.getByText('Your name has been changed.').waitFor();
    expect(await page.locator('#who').textContent()).toBe(`Grace, ${email}`);
    await page.getByLabel('New email address').fill(next);
    await press(page, 'Change address');
    await page.getByText(`An email with a link is on its way to ${next}.`).waitFor();
    await follow(page, await link(next, 'confirm-email'));
    await press(page, 'Use this address');
    await page.getByText('Your email address has been changed.').waitFor();
    await page.goto('/account');
    await page.locator('#who').filter({ hasText: next }).waitFor();
    await follow(page, await link(email, 'undo-email'));
    await press(page, 'Undo the change');
    await page.getByText('The account has its previous address again.').waitFor();
    expect(await page.locator(':focus').getAttribute('href')).toBe('/account/forgot');
  });

  it('an account is closed after the password was asked for, and restored', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    const email = await signUp(page);
    await longAgo(page);
    await page.getByRole('button', { name: 'Close account' }).click();
    await page.getByRole('dialog').getByText('Close your account?').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close account' }).click();
    const password = page.getByRole('dialog').getByLabel('Password');
    await password.fill('not the password at all');
    await page.keyboard.press('Enter');
    await page
      .locator('#step-up-form-password-error')
      .filter({ hasText: 'The password is wrong.' })
      .waitFor();
    expect([await violationsOn(page), await overflows(page)]).toEqual([[], false]);
    await password.fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('Your account is closed.').waitFor();
    await follow(page, await link(email, 'restore'));
    await press(page, 'Restore my account');
    await page.getByText('Your account is open again.').waitFor();
    await signIn(page, email);
    await page.getByText('(this one)').waitFor();
  });

  it('the data is downloaded as a file', async () => {
    const page = await pages.open('/account/sign-up');
    await signUp(page);
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Download')]);
    expect(download.suggestedFilename()).toBe('account.json');
  });

  it('a link without its token says so, and without JavaScript there is no button', async () => {
    const page = await pages.open('/account/restore');
    await page.getByRole('alert').filter({ hasText: 'This link does not work' }).waitFor();
    for (const name of ['forgot', 'confirm', 'verify', 'reset', 'confirm-email', 'undo-email', 'restore']) {
      const still = await pages.open(`/account/${name}#t=lk_x`, { javaScriptEnabled: false });
      expect([name, await still.locator('noscript p').isVisible()]).toEqual([name, true]);
      expect(await still.getByRole('button').count()).toBe(0);
    }
  });
});

describeWithBrowser('the page that ends a registration, in a browser', () => {
  const { pages, link, follow } = flows('required');

  async function begin(page: Page): Promise<string> {
    const email = newEmail();
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await press(page, 'Sign up');
    await page.getByText(`we have sent a link to ${email}`).waitFor();
    return email;
  }

  it('needs one press in the same browser, and the chosen password in another', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    await follow(page, await link(await begin(page), 'confirm'));
    await press(page, 'Create my account');
    await page.getByText('(this one)').waitFor();

    const email = await begin(await pages.open('/account/sign-up'));
    const other = await pages.open('/health/live', NARROW);
    await follow(other, await link(email, 'confirm'));
    expect(await other.locator('#password').isVisible()).toBe(false);
    await press(other, 'Create my account');
    await other.locator('#password-error').filter({ hasText: 'Enter the password that you chose' }).waitFor();
    expect([await violationsOn(other), await overflows(other)]).toEqual([[], false]);
    await other.getByLabel('Password').fill(PASSWORD);
    await press(other, 'Create my account');
    await other.getByText('(this one)').waitFor();
  });
});
