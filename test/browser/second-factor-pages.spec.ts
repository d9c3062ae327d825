/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { signIn, signUp, submitSignIn } from './support/account-pages.js';
import { describeWithBrowser } from './support/browser.js';
import {
  addApp,
  AuthenticatorApp,
  expectForEverybody,
  FactorPagesInBrowser,
  focused,
  NARROW,
  press,
  savedCodes,
  signOut,
} from './support/factor-pages.js';
import { newEmail, PASSWORD } from '../support/client.js';

const account = (page: Page) => page.getByText('(this one)').waitFor();
const codeField = (page: Page) => page.getByLabel('Code', { exact: true }).filter({ visible: true });
const secondStep = (page: Page) => page.getByRole('heading', { name: 'One more step' }).waitFor();

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
    await account(page);
    expect(new URL(page.url()).hash).toBe('#security-heading');
  });

  it('whoever has lost the phone comes back by a recovery code, once', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    const email = await signUp(page);
    const { recoveryCodes } = await addApp(page);
    for (const [code, works] of [
      [recoveryCodes[3]!, true],
      [recoveryCodes[3]!, false],
      [recoveryCodes[4]!.toLowerCase(), true],
    ] as const) {
      await page.context().clearCookies();
      await signIn(page, email);
      await secondStep(page);
      await press(page, 'Use a recovery code instead');
      expect(await focused(page)).toBe('second-form-recovery-code');
      await page.keyboard.type(code);
      await page.keyboard.press('Enter');
      if (works) await account(page);
      else {
        const error = page.locator('#second-form-recovery-code-error');
        await error.filter({ hasText: 'This recovery code is wrong or has been used before.' }).waitFor();
        await expectForEverybody(page, 'a wrong recovery code');
      }
    }
    await page.locator('#factors').getByText('8 left').waitFor();
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
    await account(page);
    await page.locator('#devices li').first().waitFor();
    await expectForEverybody(page, 'a trusted device');
    await signOut(page);
    await signIn(page, email);
    await account(page);
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
    await account(page);
  });

  it('recovery codes can be copied, downloaded and printed, and are replaced after a question', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const email = await signUp(page);
    await addApp(page);
    await press(page, 'Replace the recovery codes');
    await page.getByRole('dialog').getByText('Replace your recovery codes?').waitFor();
    await expectForEverybody(page, 'replacing the codes');
    await page.keyboard.press('Enter');
    await page.locator('#codes-list li').first().waitFor();
    await expectForEverybody(page, 'recovery codes');
    const codes = await page.locator('#codes-list li').allTextContents();
    const text = `Recovery codes for ${email}\n\n${codes.join('\n')}\n`;
    await page.keyboard.press('Escape');
    expect(await page.locator('#codes').isVisible()).toBe(true);
    await press(page, 'Copy');
    await page.getByText('Copied.').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('#codes-download').click(),
    ]);
    expect(download.suggestedFilename()).toBe('recovery-codes.txt');
    const printed = await page.evaluate(async () => {
      const seen = new Promise((resolve) => {
        window.print = () => resolve(document.body.className);
      });
      document.getElementById('codes-print')!.click();
      return seen;
    });
    expect(printed).toContain('print-codes');
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => document.body.classList.add('print-codes'));
    expect([
      await page.locator('#codes-list').isVisible(),
      await page.locator('#sessions').isVisible(),
      await page.locator('#codes-done').isVisible(),
    ]).toEqual([true, false, false]);
    await page.evaluate(() => document.body.classList.remove('print-codes'));
    await page.emulateMedia({ media: 'screen' });
    await press(page, 'I have saved them');
    await page.getByText('10 left').waitFor();
    expect(await page.locator('#codes-list li').count()).toBe(0);
  });

  it('the last factor is removed after a question, and then the password is enough', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    const email = await signUp(page);
    await addApp(page, 'My phone');
    await press(page, 'Remove My phone');
    await page.getByRole('dialog').getByText('Remove this?').waitFor();
    await expectForEverybody(page, 'removing');
    await press(page, 'Cancel');
    expect(await page.locator('#factors li').count()).toBe(2);
    await press(page, 'Remove My phone');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('It has been removed.').waitFor();
    await page.getByText('Only your password protects your account.').waitFor();
    await signOut(page);
    await signIn(page, email);
    await account(page);
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
    await account(page);
    expect(complaints).toEqual([]);
  });
});

async function focusedAfter(page: Page, key: string): Promise<string> {
  await page.keyboard.press(key);
  return focused(page);
}

describeWithBrowser('a second factor that is required, in a browser', () => {
  const pages = new FactorPagesInBrowser();
  beforeAll(() => pages.start({ MFA_POLICY: 'required' }), 240_000);
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.end());

  it('is set up at the registration with a mailed code, and then asked for', async () => {
    const page = await pages.open('/account/sign-up?next=/account%23sessions-heading', NARROW);
    const email = newEmail();
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor();
    expect(await focused(page)).toBe('enrol-heading');
    await page.getByLabel('Code from the email').fill('0000-0000');
    await page.keyboard.press('Enter');
    await page.locator('#emailCode-error').filter({ hasText: 'This is not the code' }).waitFor();
    await expectForEverybody(page, 'a wrong mailed code');
    await page.getByLabel('Code from the email').fill(await pages.mailedCode(email));
    await page.keyboard.press('Enter');
    await page.locator('#app-key').filter({ hasText: /\w/ }).waitFor();
    expect(await focused(page)).toBe('app-scan');
    await expectForEverybody(page, 'the secret');
    const app = new AuthenticatorApp((await page.locator('#app-key').textContent())!);
    await page
      .getByLabel('Code', { exact: true })
      .filter({ visible: true })
      .fill(await app.code());
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    await expectForEverybody(page, 'the first recovery codes');
    expect(await savedCodes(page)).toHaveLength(10);
    await secondStep(page);
    await page.getByText('Sign in with the next code that it shows.').waitFor();
    await expectForEverybody(page, 'the first second step');
    await page
      .getByLabel('Code', { exact: true })
      .filter({ visible: true })
      .fill(await app.code());
    await page.keyboard.press('Enter');
    await account(page);
    expect(new URL(page.url()).hash).toBe('#sessions-heading');
    await press(page, 'Remove Authenticator app');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('alert').filter({ hasText: 'You need this to sign in.' }).waitFor();
  });

  it('is set up at the next sign-in by whoever did not do it at first', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    const email = newEmail();
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await press(page, 'Sign up');
    const heading = page.getByRole('heading', { name: 'Set up a second factor' });
    await heading.waitFor();
    await pages.mailedCode(email);
    await page.getByRole('link', { name: 'Start again' }).click();
    await page.waitForURL('**/account/sign-in');
    await submitSignIn(page, email);
    await heading.waitFor();
    await page.getByLabel('Code from the email').fill(await pages.mailedCode(email));
    await press(page, 'Set up an authenticator app');
    await page.locator('#app-key').filter({ hasText: /\w/ }).waitFor();
    expect(await page.locator('#enrol-form').isVisible()).toBe(false);
  });
});
