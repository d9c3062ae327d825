/// <reference lib="dom" />
import { randomBytes } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { runCli } from '../../support/cli.js';
import { freePort } from '../../support/free-port.js';
import { until } from '../../support/until.js';
import { AccountPagesInBrowser, overflows, violationsOn } from './account-pages.js';
import { AuthenticatorApp } from './authenticators.js';

export const NARROW = { viewport: { width: 320, height: 640 }, bypassCSP: true };

/** A service with second factors and passkeys, which belong to `localhost`. */
export class FactorPagesInBrowser extends AccountPagesInBrowser {
  origin: string;
  private readonly used = new Set<string>();

  override async start(settings: Record<string, string> = {}): Promise<void> {
    const port = await freePort();
    this.origin = `http://localhost:${port}`;
    await super.start({
      NODE_ENV: 'development',
      EMAIL_VERIFICATION: 'optional',
      PORT: String(port),
      PUBLIC_URL: this.origin,
      WEBAUTHN_RP_ID: 'localhost',
      WEBAUTHN_ORIGINS: this.origin,
      MFA_ENCRYPTION_SECRET: randomBytes(48).toString('base64url'),
      ...settings,
    });
  }

  override context(options: Parameters<Browser['newContext']>[0] = {}) {
    return super.context({ baseURL: this.origin, ...options });
  }

  /** The newest code for an enrolment that was mailed to an address and has not been returned before. */
  mailedCode(email: string): Promise<string> {
    return this.mailed(email, /^[0-9A-Z]{8}$/gm);
  }

  /** The path of the newest link to a page that was mailed to an address and has not been returned before. */
  async mailedLink(email: string, name: string): Promise<string> {
    const url = await this.mailed(
      email,
      new RegExp(`(?<=href=")${this.origin}/account/${name}#t=[^"]+`, 'g'),
    );
    return url.slice(this.origin.length);
  }

  /** An operator has all second factors of an account removed, after the delay. */
  async requestReset(email: string): Promise<void> {
    const { code, stderr } = await runCli(['user', 'reset-factors', email], this.settings);
    if (code !== 0) throw new Error(`latchkey user reset-factors: ${code}\n${stderr}`);
  }

  private async mailed(email: string, what: RegExp): Promise<string> {
    let found: string | undefined;
    await until(async () => {
      const html = (await this.service.client.get('/account/mailbox')).body as string;
      const texts = html.split('<li>').filter((item) => item.includes(`to ${email}`));
      found = texts.flatMap((text) => text.match(what) ?? []).find((each) => !this.used.has(each));
      return found !== undefined;
    });
    this.used.add(found!);
    return found!;
  }
}

export const accountPage = (page: Page) => page.getByText('(this one)').waitFor();
export const secondStep = (page: Page) => page.getByRole('heading', { name: 'One more step' }).waitFor();
export const codeField = (page: Page) => page.getByLabel('Code', { exact: true }).filter({ visible: true });

export const press = (page: Page, name: string) =>
  page.getByRole('button', { name, exact: true }).filter({ visible: true }).click();

/** Adds an authenticator app on the account page. */
export async function addApp(
  page: Page,
  name = '',
): Promise<{ app: AuthenticatorApp; recoveryCodes: string[] }> {
  await press(page, 'Add an authenticator app');
  const dialog = page.locator('#app');
  await dialog.getByLabel('What you call it').fill(name);
  await page.keyboard.press('Enter');
  await dialog.locator('#app-key').filter({ hasText: /\w/ }).waitFor();
  const app = new AuthenticatorApp((await dialog.locator('#app-key').textContent())!);
  await dialog.getByLabel('Code', { exact: true }).fill(await app.code());
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
  const news = page.getByText('Your authenticator app is set up.');
  await news.or(page.locator('#codes-list li').first()).waitFor();
  const recoveryCodes = (await page.locator('#codes').isVisible()) ? await savedCodes(page) : [];
  await news.waitFor();
  return { app, recoveryCodes };
}

/** The recovery codes that a page shows now, if any, after they have been saved. */
export async function savedCodes(page: Page): Promise<string[]> {
  const codes = page.locator('#codes-list li');
  await codes.first().waitFor();
  const all = await codes.allTextContents();
  await press(page, 'I have saved them');
  return all;
}

export async function addPasskey(page: Page): Promise<void> {
  await press(page, 'Add a passkey');
  await page.getByText('Your passkey is set up.').or(page.locator('#codes-list li').first()).waitFor();
  if (await page.locator('#codes').isVisible()) await savedCodes(page);
  await page.getByText('Your passkey is set up.').waitFor();
}

export async function signOut(page: Page): Promise<void> {
  await press(page, 'Sign out');
  await page.getByText('You are signed out.').waitFor();
}

/** Fails if somebody cannot use the page as it is now, or if it is wider than a small phone. */
export async function expectForEverybody(page: Page, state: string): Promise<void> {
  expect([state, await violationsOn(page), await overflows(page)]).toEqual([state, [], false]);
}

/** What the focus is on: its id, or else its text. */
export const focused = (page: Page) =>
  page.evaluate<string>(`{
    const { id, textContent } = document.activeElement;
    id || textContent.trim();
  }`);

/**
 * The service answers as it does five minutes after the last authentication, until the user steps up. Its own clock is that
 * of the database, which the tests cannot set.
 */
export async function longAgo(page: Page, acr = 'pwd'): Promise<void> {
  let isRecent = false;
  const body = JSON.stringify({
    statusCode: 401,
    error: 'STEP_UP_REQUIRED',
    message: 'Authenticate again.',
    details: [
      { field: 'acr_values', message: acr },
      { field: 'max_age', message: '300' },
    ],
  });
  page.on('response', (response) => {
    if (response.url().endsWith('/auth/step-up') && response.ok()) isRecent = true;
  });
  await page.route('**/auth/me', (route) =>
    route.request().method() === 'DELETE' && !isRecent
      ? route.fulfill({ status: 401, contentType: 'application/json', body })
      : route.fallback(),
  );
}
