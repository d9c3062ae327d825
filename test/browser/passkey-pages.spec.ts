/// <reference lib="dom" />
import type { Page } from 'playwright-core';
import { signIn, signUp } from './support/account-pages.js';
import { describeWithBrowser } from './support/browser.js';
import { VirtualAuthenticator } from './support/authenticators.js';
import {
  addApp,
  addPasskey,
  expectForEverybody,
  FactorPagesInBrowser,
  focused,
  longAgo,
  NARROW,
  press,
  signOut,
  accountPage,
  secondStep,
} from './support/factor-pages.js';

const problem = (page: Page, text: string) => page.getByRole('alert').filter({ hasText: text }).waitFor();
const WITHOUT_FORM = `PublicKeyCredential.isConditionalMediationAvailable = async () => false`;

describeWithBrowser('passkeys, in a browser', () => {
  const pages = new FactorPagesInBrowser();
  beforeAll(() => pages.start(), 240_000);
  afterEach(() => pages.closeContexts());
  afterAll(() => pages.end());

  /** A page of somebody who has a passkey, and is signed in; only the button offers passkeys. */
  async function withPasskey(init = WITHOUT_FORM) {
    const page = await (await pages.context(NARROW)).newPage();
    await page.addInitScript(init);
    const authenticator = await VirtualAuthenticator.of(page);
    const email = await signUp(page);
    await addPasskey(page);
    return { page, email, authenticator };
  }

  it('a passkey is added and renamed, and signs in without a user name', async () => {
    const { page, authenticator } = await withPasskey();
    expect(await focused(page)).toBe('security-heading');
    expect(
      (await authenticator.credentials()).map(({ isResidentCredential, rpId }) => [
        isResidentCredential,
        rpId,
      ]),
    ).toEqual([[true, 'localhost']]);
    await page.getByRole('button', { name: /^Rename / }).click();
    const name = page.getByLabel('New name');
    expect(await name.inputValue()).toMatch(/Chrom.* on Linux/);
    await expectForEverybody(page, 'renaming');
    await name.fill('My laptop');
    await page.keyboard.press('Enter');
    await page.getByText('The passkey has a new name.').waitFor();
    expect(await focused(page)).toBe('Rename');
    await page.locator('#factors').getByText('My laptop').waitFor();
    await expectForEverybody(page, 'a passkey');
    await signOut(page);
    await page.goto('/account/sign-in?next=/account%23security-heading');
    await expectForEverybody(page, 'a sign-in with passkeys');
    await press(page, 'Sign in with a passkey');
    await accountPage(page);
    expect(new URL(page.url()).hash).toBe('#security-heading');
  });

  it('a passkey in the list of the browser signs in as well', async () => {
    const { page } = await withPasskey('');
    await signOut(page);
    expect(await page.getByLabel('Email address').getAttribute('autocomplete')).toBe('username webauthn');
    await accountPage(page); // the virtual authenticator chooses at once
  });

  it('a passkey is the second factor, also after an attempt that failed', async () => {
    const { page, email, authenticator } = await withPasskey();
    await signOut(page);
    await signIn(page, email);
    await secondStep(page);
    await expectForEverybody(page, 'a passkey as second factor');
    expect(await page.getByRole('button', { name: 'Continue' }).isVisible()).toBe(false);
    await authenticator.verifiesUser(false);
    await press(page, 'Use a passkey');
    await problem(page, 'No passkey was used');
    await expectForEverybody(page, 'no passkey');
    await authenticator.verifiesUser(true);
    await press(page, 'Use a passkey');
    await accountPage(page);
  });

  it('whoever is not verified by the authenticator is not signed in (A258)', async () => {
    const { page, authenticator } = await withPasskey();
    await signOut(page);
    await authenticator.verifiesUser(false);
    await press(page, 'Sign in with a passkey');
    await problem(page, 'No passkey was used');
    expect(new URL(page.url()).pathname).toBe('/account/sign-in');
    await authenticator.verifiesUser(true);
    await press(page, 'Sign in with a passkey');
    await accountPage(page);
  });

  it('a passkey that was copied is suspended; its owner reads why, and comes in another way (A261)', async () => {
    const { page, email, authenticator } = await withPasskey();
    const { app } = await addApp(page);
    const [passkey] = await authenticator.credentials();
    await signOut(page);
    await authenticator.remove(passkey!);
    await authenticator.add({ ...passkey!, signCount: 100 });
    await press(page, 'Sign in with a passkey');
    await accountPage(page);
    await signOut(page);
    await authenticator.remove(passkey!);
    await authenticator.add({ ...passkey!, signCount: 3 });
    await press(page, 'Sign in with a passkey');
    await problem(page, 'This passkey was not accepted.');
    await expectForEverybody(page, 'a refused passkey');
    await signIn(page, email);
    await secondStep(page);
    await page.locator('#second-form-code').fill(await app.code());
    await page.keyboard.press('Enter');
    await accountPage(page);
    await page.locator('#factors').getByText('suspended, because a copy of it may exist').waitFor();
    await expectForEverybody(page, 'a suspended passkey');
  });

  it('a passkey that was removed no longer signs in, and the browser is told (A264)', async () => {
    const told = `
      globalThis.told = [];
      for (const name of ['signalUnknownCredential', 'signalAllAcceptedCredentials', 'signalCurrentUserDetails'])
        PublicKeyCredential[name] = async (about) => { told.push([name, about]); };`;
    const { page, authenticator } = await withPasskey(WITHOUT_FORM + told);
    const read = () => page.evaluate<[string, Record<string, unknown>][]>('told');
    const [passkey] = await authenticator.credentials();
    await page.getByRole('button', { name: /^Remove .* Linux/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('It has been removed.').waitFor();
    expect(await read()).toContainEqual([
      'signalAllAcceptedCredentials',
      expect.objectContaining({ rpId: 'localhost', allAcceptedCredentialIds: [] }),
    ]);
    await signOut(page);
    await press(page, 'Sign in with a passkey');
    await problem(page, 'Nobody can sign in with this passkey any more.');
    const id = Buffer.from(passkey!.credentialId, 'base64').toString('base64url');
    expect(await read()).toEqual([['signalUnknownCredential', { rpId: 'localhost', credentialId: id }]]);
  });

  it('one device has one passkey for an account', async () => {
    const { page } = await withPasskey();
    await press(page, 'Add a passkey');
    await problem(page, 'This device has a passkey for your account already.');
    expect(await page.locator('#factors li').count()).toBe(2);
  });

  it('closing the account asks for the passkey once the sign-in is long ago', async () => {
    const { page, authenticator } = await withPasskey();
    await longAgo(page);
    await press(page, 'Close account');
    await page.locator('#closing').getByRole('button', { name: 'Close account' }).click();
    const dialog = page.locator('#step-up');
    await dialog.getByText('Confirm that it’s you').waitFor();
    expect(await focused(page)).toBe('step-up-form-password');
    await expectForEverybody(page, 'step-up');
    await authenticator.verifiesUser(false);
    await press(page, 'Use a passkey');
    await problem(page, 'No passkey was used');
    await authenticator.verifiesUser(true);
    await press(page, 'Use a passkey');
    await page.getByText('Your account is closed.').waitFor();
  });

  it('in a browser without passkeys, nothing offers them', async () => {
    const page = await (await pages.context(NARROW)).newPage();
    await page.addInitScript('delete globalThis.PublicKeyCredential');
    await page.goto('/account/sign-in');
    await page.waitForLoadState('networkidle');
    expect(await page.getByRole('button', { name: 'Sign in with a passkey' }).isVisible()).toBe(false);
  });
});
