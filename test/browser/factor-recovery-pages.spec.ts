/// <reference lib="dom" />
import { signIn, signUp } from './support/account-pages.js';
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

describeWithBrowser('losing, replacing and removing second factors, in a browser', () => {
  const pages = new FactorPagesInBrowser();
  beforeAll(() => pages.start(), 240_000);
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.end());

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
      if (works) await accountPage(page);
      else {
        const error = page.locator('#second-form-recovery-code-error');
        await error.filter({ hasText: 'This recovery code is wrong or has been used before.' }).waitFor();
        await expectForEverybody(page, 'a wrong recovery code');
      }
    }
    await page.locator('#factors').getByText('8 left').waitFor();
  });

  it('a removal that an operator has requested is canceled by the link of the mail, once, and the factor stays', async () => {
    const page = await pages.open('/account/sign-up', NARROW);
    const email = await signUp(page);
    const { app } = await addApp(page);
    await signOut(page);
    await pages.requestReset(email);
    const path = await pages.mailedLink(email, 'cancel-reset');
    await page.goto(path);
    await page.waitForFunction(() => !location.hash);
    await page.getByRole('heading', { name: 'Keep your second factors' }).waitFor();
    await expectForEverybody(page, 'canceling a removal');
    await press(page, 'Keep my second factors');
    await page.getByText('Your second factors stay.').waitFor();
    expect(await focused(page)).toBe('My account');
    await expectForEverybody(page, 'a canceled removal');

    await signIn(page, email);
    await secondStep(page);
    await codeField(page).fill(await app.code());
    await page.keyboard.press('Enter');
    await accountPage(page);
    await page.goto(path);
    await press(page, 'Keep my second factors');
    await page.getByRole('alert').filter({ hasText: 'This link does not work' }).waitFor();
    expect(await page.locator('#form').isVisible()).toBe(false);
    expect(await focused(page)).toBe('My account');
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
    await accountPage(page);
  });
});
