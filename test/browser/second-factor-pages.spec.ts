/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { PASSWORD } from '../support/client.js';
import { signIn, signUp, submitSignIn } from './support/account-pages.js';
import { describeWithBrowser } from './support/browser.js';
import {
  accountPage,
  addApp,
  codeField,
  expectForEverybody,
  FactorPagesInBrowser,
  focused,
  NARROW,
  press,
  secondStep,
  signOut,
} from './support/factor-pages.js';

describeWithBrowser('second factors, in a browser', () => {
  const pages = new FactorPagesInBrowser();
  beforeAll(() => pages.start(), 240_000);
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.end());

  it('an authenticator app is added with the keyboard, and asked for at the next sign-in', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    const email = await signUp(page);
    await page.getByText('Only your password protects your account.').waitFor();
    await expectForEverybody(page, 'no factor');
    const { app, recoveryCodes } = await addApp(page, 'My phone');
    expect(recoveryCodes).toHaveLength(10);
    await page.getByText('Your authenticator app is set up.').waitFor();
    expect(await focused(page)).toBe('security-heading');
    expect(await page.locator('#factors li').allTextContents()).toEqual([
      expect.stringMatching(/^My phone\s*Authenticator app, added just now/),
      expect.stringMatching(/^Recovery codes\s*10 left/),
    ]);
    await expectForEverybody(page, 'two factors');

    await signOut(page);
    await page.goto('/account/sign-in?next=/account%23security-heading');
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await secondStep(page);
    expect(await focused(page)).toBe('second-heading');
    expect(new URL(page.url()).pathname).toBe('/account/sign-in');
    expect(await page.getByLabel('Password').isVisible()).toBe(false);
    const code = codeField(page);
    expect([
      await code.getAttribute('inputmode'),
      await code.getAttribute('autocomplete'),
      await focusedAfter(page, 'Tab'),
    ]).toEqual(['numeric', 'one-time-code', 'second-form-code']);
    await page.keyboard.type('12345');
    await page.keyboard.press('Enter');
    await page.locator('#second-form-code-error').filter({ hasText: 'Enter six digits.' }).waitFor();
    await code.fill('000000');
    await page.keyboard.press('Enter');
    await page.locator('#second-form-code-error').filter({ hasText: 'wrong or has been used' }).waitFor();
    expect(await focused(page)).toBe('second-form-code');
    await expectForEverybody(page, 'a wrong code');
    const right = await app.code();
    await code.fill(`${right.slice(0, 3)} ${right.slice(3)}`);
    await page.keyboard.press('Enter');
    await accountPage(page);
    expect(new URL(page.url()).hash).toBe('#security-heading');
  });

  it('a trusted device needs the password only, until it is revoked', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    const email = await signUp(page);
    const { recoveryCodes } = await addApp(page);
    expect(await page.locator('#trusted').isVisible()).toBe(false);
    await signOut(page);
    await signIn(page, email);
    await secondStep(page);
    await page.getByLabel('Trust this device for 30 days').check();
    await press(page, 'Use a recovery code instead');
    await page.getByLabel('Recovery code').fill(recoveryCodes[0]!);
    await page.keyboard.press('Enter');
    await accountPage(page);
    await page.locator('#devices li').first().waitFor();
    await expectForEverybody(page, 'a trusted device');
    await signOut(page);
    await signIn(page, email);
    await accountPage(page);
    await page.getByRole('button', { name: /^Revoke the trust/ }).click();
    await page.getByText('This device is no longer trusted.').waitFor();
    expect(await page.locator('#trusted').isVisible()).toBe(false);
    await signOut(page);
    await signIn(page, email);
    await secondStep(page);
  });

  it('a sign-in that took too long says so, and starts again with the password', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    const email = await signUp(page);
    const { app } = await addApp(page);
    await signOut(page);
    await signIn(page, email);
    await secondStep(page);
    await page.context().clearCookies({ name: 'mfa' }); // as the browser does after five minutes
    await codeField(page).fill(await app.code());
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'That took too long' }).waitFor();
    await expectForEverybody(page, 'expired');
    await page.getByRole('link', { name: 'Start again' }).click();
    await page.waitForURL('**/account/sign-in');
    await submitSignIn(page, email);
    await secondStep(page);
    await codeField(page).fill(await app.code());
    await page.keyboard.press('Enter');
    await accountPage(page);
  });

  it('nothing breaks the content security policy', async () => {
    const page = await pages.open('/account/sign-in');
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    const email = await signUp(page);
    const { app } = await addApp(page);
    await signOut(page);
    await signIn(page, email);
    await secondStep(page);
    await codeField(page).fill(await app.code());
    await page.keyboard.press('Enter');
    await accountPage(page);
    expect(complaints).toEqual([]);
  });
});

async function focusedAfter(page: Page, key: string): Promise<string> {
  await page.keyboard.press(key);
  return focused(page);
}
