/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { signIn, signUp } from './support/account-pages.js';
import { describeWithBrowser } from './support/browser.js';
import { AuthenticatorApp, VirtualAuthenticator } from './support/authenticators.js';
import {
  addApp,
  expectForEverybody,
  FactorPagesInBrowser,
  focused,
  longAgo,
  NARROW,
  press,
  signOut,
  accountPage,
} from './support/factor-pages.js';
import { newEmail, PASSWORD } from '../support/client.js';

const dialog = (page: Page) => page.locator('#step-up');
const offered = (page: Page) =>
  dialog(page).locator('[data-use]').filter({ visible: true }).allTextContents();

describeWithBrowser('the question who is there, in a browser', () => {
  const pages = new FactorPagesInBrowser();
  beforeAll(() => pages.start(), 240_000);
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.end());

  it('a trusted device is asked for the second factor before factors change, and not for the password', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    const email = await signUp(page);
    const { app } = await addApp(page, 'My phone');
    await signOut(page);
    await signIn(page, email);
    await page.getByLabel('Trust this device for 30 days').check();
    await page
      .getByLabel('Code', { exact: true })
      .filter({ visible: true })
      .fill(await app.code());
    await page.keyboard.press('Enter');
    await accountPage(page);
    await signOut(page);
    await signIn(page, email);
    await accountPage(page);

    await press(page, 'Add an authenticator app');
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    expect([await focused(page), await offered(page)]).toEqual([
      'step-up-form-code',
      ['Use a recovery code instead'],
    ]);
    await page.keyboard.type('000000');
    await page.keyboard.press('Enter');
    await page.locator('#step-up-form-code-error').filter({ hasText: 'wait for the next one' }).waitFor();
    expect(await focused(page)).toBe('step-up-form-code');
    await expectForEverybody(page, 'a wrong answer');
    await page.keyboard.press('Escape');
    await page.getByRole('alert').filter({ hasText: 'You have not confirmed that it’s you.' }).waitFor();
    expect(await page.locator('#app-secret').isVisible()).toBe(false);
    await page.keyboard.press('Enter');
    await dialog(page)
      .getByLabel('Code', { exact: true })
      .fill(await app.code());
    await page.keyboard.press('Enter');
    await dialog(page).waitFor({ state: 'hidden' });
    await page.locator('#app-key').filter({ hasText: /\w/ }).waitFor();
    await expectForEverybody(page, 'the secret');
  });

  it('who has nothing that is strong enough is told so', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    await signUp(page);
    await longAgo(page, 'phr');
    await press(page, 'Close account');
    await page.locator('#closing').getByRole('button', { name: 'Close account' }).click();
    await dialog(page).getByText('You have set up nothing that is strong enough for this.').waitFor();
    expect([await offered(page), await press(page, 'Cancel')]).toEqual([[], undefined]);
    await page.getByRole('alert').filter({ hasText: 'You have not confirmed that it’s you.' }).waitFor();
  });

  it('a wrong password is said beside it, and another way can be chosen', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    await signUp(page);
    const { app } = await addApp(page);
    await longAgo(page);
    await press(page, 'Close account');
    await page.locator('#closing').getByRole('button', { name: 'Close account' }).click();
    await dialog(page).getByLabel('Password').fill('not the password at all');
    await page.keyboard.press('Enter');
    await page
      .locator('#step-up-form-password-error')
      .filter({ hasText: 'The password is wrong.' })
      .waitFor();
    expect(await offered(page)).toEqual(['Use a code from your app', 'Use a recovery code instead']);
    await press(page, 'Use a code from your app');
    expect(await focused(page)).toBe('step-up-form-code');
    await page.keyboard.type(await app.code());
    await page.keyboard.press('Enter');
    await page.getByText('Your account is closed.').waitFor();
  });
});

describeWithBrowser('second factors in every language, in a browser', () => {
  const pages = new FactorPagesInBrowser();
  beforeAll(() => pages.start({ MFA_POLICY: 'required' }), 240_000);
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.end());

  const next = (page: Page) => page.locator('[type=submit]').filter({ visible: true }).first().click();

  it.each([
    ['light', 'en'],
    ['dark', 'de'],
    ['light', 'fr'],
  ] as const)(
    'every state is accessible and fits on 320 px (%s, %s)',
    async (colorScheme, locale) => {
      const page = await (await pages.context({ ...NARROW, colorScheme, locale })).newPage();
      const authenticator = await VirtualAuthenticator.of(page);
      await authenticator.answers(false);
      await page.goto('/account/sign-up');
      const email = newEmail();
      await page.locator('#email').fill(email);
      await page.locator('#password').fill(PASSWORD);
      await next(page);
      await page.locator('#emailCode').waitFor();
      await expectForEverybody(page, 'enrolment');
      await page.locator('#emailCode').fill(await pages.mailedCode(email));
      await next(page);
      await page.locator('#app-key').filter({ hasText: /\w/ }).waitFor();
      await expectForEverybody(page, 'the secret');
      const app = new AuthenticatorApp((await page.locator('#app-key').textContent())!);
      await page.locator('#app-code').fill(await app.code());
      await next(page);
      await page.locator('#codes-list li').first().waitFor();
      await expectForEverybody(page, 'the codes');
      await page.locator('#codes-done').click();
      await page.locator('#second-form-code').fill('123');
      await next(page);
      await page.locator('.error:not(:empty)').waitFor();
      await expectForEverybody(page, 'the second step');
      await page.locator('#trust').check();
      await page.locator('#second-form-code').fill(await app.code());
      await next(page);
      await page.locator('#devices li').first().waitFor();
      await expectForEverybody(page, 'the account');
      await authenticator.answers(true);
      await page.locator('#add-passkey').click();
      await page.locator('#factors li').nth(2).waitFor();
      await page.locator('#security-heading + .messages .notice:not(:empty)').waitFor();
      await expectForEverybody(page, 'a passkey');
      await longAgo(page);
      await page.locator('#close').click();
      await page.locator('#closing-form [type=submit]').click();
      await page.locator('#step-up-form-password').waitFor();
      await expectForEverybody(page, 'step-up');
      const left = await page.locator('body').textContent();
      expect(left).not.toMatch(/\{\w+\}|undefined/);
    },
    240_000,
  );
});
