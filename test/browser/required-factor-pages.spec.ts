/// <reference lib="dom" />
import { newEmail, PASSWORD } from '../support/client.js';
import { submitSignIn } from './support/account-pages.js';
import { AuthenticatorApp } from './support/authenticators.js';
import { describeWithBrowser } from './support/browser.js';
import {
  accountPage,
  codeField,
  expectForEverybody,
  FactorPagesInBrowser,
  focused,
  NARROW,
  press,
  savedCodes,
  secondStep,
} from './support/factor-pages.js';

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
    await codeField(page).fill(await app.code());
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    await expectForEverybody(page, 'the first recovery codes');
    expect(await savedCodes(page)).toHaveLength(10);
    await secondStep(page);
    await page.getByText('Sign in with the next code that it shows.').waitFor();
    await expectForEverybody(page, 'the first second step');
    await codeField(page).fill(await app.code());
    await page.keyboard.press('Enter');
    await accountPage(page);
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
