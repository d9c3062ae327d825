/// <reference lib="dom" />
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { newEmail, PASSWORD } from '../../support/client.js';
import { createDatabase, type TestDatabase } from '../../support/postgres.js';
import {
  productionSettings,
  type ServiceProcess,
  startServiceProcess,
} from '../../support/service-process.js';
import { launchBrowser } from './browser.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The ids of the rules of accessibility that a page breaks. */
export async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    // oxlint-disable-next-line typescript/no-explicit-any -- axe-core puts itself on the window
    () => (globalThis as any).axe.run() as Promise<{ violations: { id: string }[] }>,
  );
  return violations.map(({ id }) => id);
}

/** Whether a page is wider than the screen. */
export const overflows = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

/** A service with account pages, and a browser. Call its methods within `describe`. */
export class AccountPagesInBrowser {
  service: ServiceProcess;
  /** Those of the service. */
  settings: Record<string, string>;
  private database: TestDatabase;
  private browser: Browser;
  private readonly contexts: BrowserContext[] = [];

  async start(settings: Record<string, string> = {}): Promise<void> {
    this.database = await createDatabase();
    const pages = { ACCOUNT_PAGES: 'on', COOKIE_SECURE: 'false' };
    this.settings = { ...productionSettings(this.database.url), ...pages, ...settings };
    this.service = await startServiceProcess(this.settings);
    this.browser = await launchBrowser();
  }

  async closeContexts(): Promise<void> {
    for (const context of this.contexts.splice(0)) await context.close();
  }

  async end(): Promise<void> {
    await this.browser?.close();
    await this.service?.end();
    await this.database?.drop();
  }

  async context(options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> {
    const context = await this.browser.newContext({ baseURL: this.service.client.url, ...options });
    this.contexts.push(context);
    return context;
  }

  async open(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const page = await (await this.context(options)).newPage();
    await page.goto(path);
    return page;
  }
}

export async function signUp(page: Page, email = newEmail(), name = 'Ada'): Promise<string> {
  await page.goto('/account/sign-up');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByRole('heading', { name: 'My account' }).waitFor();
  await page.getByText('(this one)').waitFor();
  return email;
}

export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.goto('/account/sign-in');
  await submitSignIn(page, email, password);
}

export async function submitSignIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
