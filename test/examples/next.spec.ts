import { type FlakyProxy, startFlakyProxy } from '../browser/support/flaky-proxy.js';
import {
  type Browser,
  type BrowserContext,
  describeWithBrowser,
  launchBrowser,
  type Page,
} from '../browser/support/browser.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { expiredToken } from '../support/expired-token.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { buildNextApp, startNextApp } from './next-app.js';
import type { RunningExample } from './verifier-process.js';

const ACCESS = '__Host-access';
const DEVICE = '__Host-device';
const REFRESH = '__Host-refresh';

describeWithBrowser('the Next.js app of the examples', () => {
  let database: TestDatabase;
  let settings: Record<string, string>;
  let service: ServiceProcess;
  let network: FlakyProxy;
  let app: RunningExample;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let email: string;

  beforeAll(async () => {
    database = await createDatabase();
    settings = { ...productionSettings(database.url), TRUST_PROXY: '127.0.0.0/8' };
    service = await startServiceProcess(settings);
    network = await startFlakyProxy(service.client.url);
    await buildNextApp();
    app = await startNextApp(network.url);
    browser = await launchBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await app?.end();
    await network?.close();
    await service?.end();
    await database?.drop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    email = newEmail();
    await service.client.post('/auth/register', { email, password: PASSWORD });
  });
  afterEach(() => context.close());

  async function signIn(password = PASSWORD): Promise<void> {
    await page.goto(`${app.url}/sign-in`);
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button').click();
  }

  async function signedIn(): Promise<void> {
    await signIn();
    await page.waitForURL('**/dashboard');
  }

  /** How the server answers a page request, and where it redirects to. */
  async function open(tab: Page, path = '/dashboard') {
    const response = (await tab.goto(app.url + path))!;
    return { path: new URL(tab.url()).pathname, html: await response.text() };
  }

  async function cookies(): Promise<Record<string, string>> {
    const all = await context.cookies(app.url);
    return Object.fromEntries(all.map(({ name, value }) => [name, value]));
  }

  /** All but the proof of the browser, which stays when a session ends. */
  const cookiesOfSession = async () => {
    const { [DEVICE]: _, ...rest } = await cookies();
    return rest;
  };
  const setAccess = (value: string) =>
    context.addCookies([
      { name: ACCESS, value, domain: 'localhost', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' },
    ]);
  const expire = async () =>
    setAccess(await expiredToken((await cookies())[ACCESS]!, settings.JWT_ACCESS_PRIVATE_KEY!));
  const dropAccess = () => context.clearCookies({ name: ACCESS });
  const refreshes = () => network.succeeded['/auth/refresh'] ?? 0;

  const expectSignedIn = async (tab = page) => {
    const { path, html } = await open(tab);
    expect([path, html.includes(email)]).toEqual(['/dashboard', true]);
  };
  const expectSignedOut = async () => expect((await open(page)).path).toBe('/sign-in');

  it('shows the sign-in page to strangers, and reports what is wrong', async () => {
    await expectSignedOut();
    await signIn('not the password of anybody');
    expect(await page.locator('p[role=alert]:not(:empty)').textContent()).toMatch(/password/i);
    expect(await cookies()).toEqual({});
  });

  it("signs in with a form; the server renders the user's page, and scripts see no token", async () => {
    await signedIn();
    await expectSignedIn();
    expect(Object.keys(await cookies()).sort()).toEqual([ACCESS, DEVICE, REFRESH]);
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  it.each([
    ['expired', expire],
    ['missing', dropAccess],
  ])('refreshes during the request when the access cookie is %s', async (_, spoil) => {
    await signedIn();
    await spoil();
    const [before, count] = [await cookies(), refreshes()];
    await expectSignedIn();
    const after = await cookies();
    expect(after[REFRESH]).not.toBe(before[REFRESH]);
    await expectSignedIn();
    expect([(await cookies())[ACCESS], refreshes() - count]).toEqual([after[ACCESS], 1]);
  });

  it('clears an invalid access cookie, and does not try to renew it', async () => {
    await signedIn();
    await setAccess('garbage');
    const count = refreshes();
    const response = await page.request.get(`${app.url}/dashboard`, { maxRedirects: 0 });
    expect([response.status(), response.headers().location, refreshes() - count]).toEqual([
      307,
      '/sign-in',
      0,
    ]);
    expect(Object.keys(await cookiesOfSession())).toEqual([REFRESH]);
    await expectSignedIn();
  });

  it.each([
    ['expired', expire],
    ['missing', dropAccess],
  ])(
    'two tabs that load at the same time with an access cookie that is %s stay signed in',
    async (_, spoil) => {
      await signedIn();
      const other = await context.newPage();
      for (let round = 0; round < 3; round++) {
        await spoil();
        await Promise.all([expectSignedIn(page), expectSignedIn(other)]);
      }
      await Promise.all([expectSignedIn(page), expectSignedIn(other)]);
    },
  );

  it('signs out cleanly when somebody else has used the refresh cookie', async () => {
    await signedIn();
    let cookie = `${REFRESH}=${(await cookies())[REFRESH]}`;
    for (let times = 0; times < 2; times++) {
      const answer = await service.client.post('/auth/refresh', {}, { cookie });
      cookie = `${REFRESH}=${answer.cookies[REFRESH]!.value}`;
    }
    await expire();
    await expectSignedOut();
    expect(await cookiesOfSession()).toEqual({});
  });

  it('notices a session that was ended elsewhere, and signs out cleanly', async () => {
    await signedIn();
    await service.client.post('/auth/logout-all', undefined, { token: (await cookies())[ACCESS] });
    await expectSignedOut();
    await expire();
    await expectSignedOut();
    expect(await cookiesOfSession()).toEqual({});
    await signedIn();
  });

  it('logs out', async () => {
    await signedIn();
    const cookie = `${REFRESH}=${(await cookies())[REFRESH]}`;
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.waitForURL('**/sign-in');
    expect(await cookiesOfSession()).toEqual({});
    await expectSignedOut();
    expect((await service.client.post('/auth/refresh', {}, { cookie })).status).toBe(401);
  });

  it('a link that was prefetched without a valid access cookie still leads to the page', async () => {
    await signedIn();
    await open(page, '/');
    await page.waitForLoadState('networkidle');
    await expire();
    const [before, count] = [await cookies(), refreshes()];
    const ahead = `fetch('/dashboard', { headers: { rsc: '1', 'next-router-prefetch': '1' } })`;
    expect(await page.evaluate<number>(`${ahead}.then((response) => response.status)`)).toBe(503);
    expect([await cookies(), refreshes()]).toEqual([before, count]);

    await page.getByRole('link', { name: 'Dashboard' }).click();
    await page.getByText(`Signed in as ${email}`).waitFor();
    expect(refreshes()).toBe(count + 1);
  });

  describe('for whom no browser speaks', () => {
    /** A request with exactly these headers, which a browser would not send. */
    const get = (cookie: string, forwarded = '198.51.100.1') =>
      fetch(`${app.url}/dashboard`, {
        redirect: 'manual',
        headers: { cookie, 'x-forwarded-for': forwarded },
      });
    const outcome = (response: Response) => [
      response.status,
      response.headers.get('location'),
      response.headers.getSetCookie(),
    ];

    it('takes no cookie that a sibling host planted, and none that comes twice', async () => {
      await signedIn();
      const { [ACCESS]: access, [REFRESH]: refresh } = await cookies();
      for (const cookie of [
        `\u00A0${REFRESH}=${refresh}`,
        `a=1; \u00A0${REFRESH}=${refresh}`,
        `a=1; \u00A0${ACCESS}=${access}`,
        `${ACCESS}=garbage; ${ACCESS}=${access}`,
        `${ACCESS}=${access}; ${ACCESS}=garbage; ${REFRESH}=${refresh}; ${REFRESH}=garbage`,
      ])
        expect([cookie, ...outcome(await get(cookie))]).toEqual([cookie, 307, '/sign-in', []]);
      expect((await get(`a=1; ${ACCESS}=${access}`)).status).toBe(200);
    });

    it('tells the service the address that the last proxy saw, whatever the client wrote before it', async () => {
      const response = await fetch(`${app.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.7, 198.51.100.9' },
        body: JSON.stringify({ email, password: PASSWORD }),
      });
      const told = (path: string) => network.headers[path]!['x-forwarded-for'];
      expect([response.status, told('/auth/login')]).toEqual([200, '198.51.100.9']);
      const [access, refresh] = response.headers.getSetCookie().map((line) => line.split(';')[0]!);
      const { body } = await service.client.get('/auth/sessions', {
        token: access!.slice(ACCESS.length + 1),
      });
      expect(body.map(({ ip }: { ip: string }) => ip)).toContain('198.51.100.9');

      const page = await get(refresh!, '203.0.113.7, 198.51.100.10, 127.0.0.1');
      expect([page.status, told('/auth/refresh')]).toEqual([200, '198.51.100.10']);
    });
  });
});
