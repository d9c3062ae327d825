/// <reference lib="dom" />
import { randomBytes } from 'node:crypto';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { totpCode } from '../../../src/testing/totp-code.js';
import { freePort } from '../../support/free-port.js';
import { until } from '../../support/until.js';
import { AccountPagesInBrowser, overflows, violationsOn } from './account-pages.js';

export const NARROW = { viewport: { width: 320, height: 640 }, bypassCSP: true };
const STEP_MS = 30_000;

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
  async mailedCode(email: string): Promise<string> {
    let found: string | undefined;
    await until(async () => {
      const html = (await this.service.client.get('/account/mailbox')).body as string;
      const texts = html.split('<li>').filter((item) => item.includes(`to ${email}`));
      found = texts
        .flatMap((text) => text.match(/^[0-9A-Z]{8}$/gm) ?? [])
        .find((code) => !this.used.has(code));
      return found !== undefined;
    });
    this.used.add(found!);
    return found!;
  }
}

/** An authenticator app: each code that it returns is newer than the one before, and accepted now. */
export class AuthenticatorApp {
  private last = 0;

  constructor(private readonly secret: string) {}

  async code(): Promise<string> {
    const step = Math.max(this.last + 1, Math.floor((Date.now() - STEP_MS / 3) / STEP_MS));
    // The service accepts the code of the next step, too.
    await until(() => Math.floor((Date.now() + STEP_MS) / STEP_MS) >= step);
    this.last = step;
    return totpCode(this.secret, () => step * STEP_MS);
  }
}

export interface VirtualCredential {
  credentialId: string;
  isResidentCredential: boolean;
  rpId?: string;
  privateKey: string;
  userHandle?: string;
  signCount: number;
}

/** The virtual authenticator of a page: it keeps passkeys, and verifies its user, who touches it at once. */
export class VirtualAuthenticator {
  private constructor(
    private readonly session: CDPSession,
    private readonly authenticatorId: string,
  ) {}

  static async of(page: Page): Promise<VirtualAuthenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable', { enableUI: false });
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new VirtualAuthenticator(session, authenticatorId);
  }

  async credentials(): Promise<VirtualCredential[]> {
    const { authenticatorId } = this;
    return (await this.session.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  }

  async add(credential: VirtualCredential): Promise<void> {
    const { authenticatorId } = this;
    await this.session.send('WebAuthn.addCredential', { authenticatorId, credential });
  }

  async remove({ credentialId }: VirtualCredential): Promise<void> {
    const { authenticatorId } = this;
    await this.session.send('WebAuthn.removeCredential', { authenticatorId, credentialId });
  }

  /** Whether the authenticator knows its user, by a fingerprint for instance. */
  async verifiesUser(isUserVerified: boolean): Promise<void> {
    const { authenticatorId } = this;
    await this.session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  }

  /** Whether the user touches it whenever they are asked to. */
  async answers(enabled: boolean): Promise<void> {
    const { authenticatorId } = this;
    await this.session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  }
}

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
