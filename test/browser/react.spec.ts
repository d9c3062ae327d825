import type { Browser, BrowserContext, Page } from 'playwright-core';
import { newEmail, PASSWORD } from '../support/client.js';
import { describeWhere } from '../support/describe-where.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';
import { describeWithBrowser, launchBrowser } from './support/browser.js';
import { type FlakyProxy, startFlakyProxy } from './support/flaky-proxy.js';
import { hasReact, serveReactApp } from './support/react-page.js';

const describeWithReact = describeWhere({
  present: hasReact,
  missing: 'There is no React: run node scripts/install-packages.js examples.',
  skipped: 'the tests of latchkey/react',
});

describeWithBrowser('in Chromium', () => {
  describeWithReact('useSession', () => {
    let database: TestDatabase;
    let service: ServiceProcess;
    let browser: Browser;
    let network: FlakyProxy;
    let context: BrowserContext;

    beforeAll(async () => {
      database = await createDatabase();
      service = await startServiceProcess({ ...productionSettings(database.url), COOKIE_SECURE: 'false' });
      browser = await launchBrowser();
    });
    afterAll(async () => {
      await browser.close();
      await service.end();
      await database.drop();
    });
    beforeEach(async () => {
      network = await startFlakyProxy(service.client.url);
      context = await browser.newContext();
      await serveReactApp(context, network.url);
    });
    afterEach(async () => {
      await context.close();
      await network.close();
    });

    async function open(): Promise<Page> {
      const page = await context.newPage();
      await page.goto(`${network.url}/app`);
      await page.waitForFunction('window.start');
      return page;
    }
    const expectText = (page: Page, text: string) =>
      until(async () => (await page.evaluate('document.body.innerText')) === text);
    const register = (page: Page, email: string) =>
      page.evaluate(`client.register({ email: '${email}', password: '${PASSWORD}' })`);

    it('renders who is signed in, in every tab', async () => {
      const pages = [await open(), await open()];
      for (const page of pages) await page.evaluate('void start()');
      await Promise.all(pages.map((page) => expectText(page, 'signed-out')));
      const email = newEmail();
      await register(pages[0]!, email);
      await Promise.all(pages.map((page) => expectText(page, `signed-in: ${email}`)));
      await pages[1]!.evaluate('client.logout()');
      await Promise.all(pages.map((page) => expectText(page, 'signed-out')));
    });

    it('takes over what the server has rendered, even if the page knows more already', async () => {
      const page = await open();
      const email = newEmail();
      await register(page, email);
      await page.evaluate('void start()');
      await expectText(page, `signed-in: ${email}`);
      expect(await page.evaluate('errors')).toEqual([]);
    });

    it('asks again when the service could not be reached, and renders nothing meanwhile', async () => {
      const first = await open();
      const email = newEmail();
      await register(first, email);
      await first.close();
      const page = await open();
      let failures = 2;
      network.fate = (path) => (path === '/auth/me' && failures-- > 0 ? 'request-lost' : 'ok');
      await page.evaluate('void start()');
      await expectText(page, `signed-in: ${email}`);
      expect(await page.evaluate('renderings()')).toBeLessThan(10);
    });

    /** A page whose clock is the test's, where somebody is signed in already. */
    async function openLater() {
      const first = await open();
      const email = newEmail();
      await register(first, email);
      const page = await context.newPage();
      await page.clock.install();
      await page.goto(`${network.url}/app`);
      await page.waitForFunction('window.start');
      return { first, email, page };
    }

    it('asks rarely while the service refuses the tokens it makes', async () => {
      const { email, page } = await openLater();
      network.fate = (path) => (path === '/auth/me' ? { status: 401, error: 'INVALID_TOKEN' } : 'ok');
      await page.evaluate('void start()');
      for (let minute = 0; minute < 60; minute++) {
        await page.clock.fastForward(60_000);
        await page.evaluate('client.refresh()'); // gives what is under way the time of two answers
      }
      expect(network.seen['/auth/me']).toBeGreaterThan(10);
      expect(network.seen['/auth/me']).toBeLessThan(40);
      network.fate = () => 'ok';
      await until(async () => {
        await page.clock.fastForward(600_000);
        return (await page.evaluate('document.body.innerText')) === `signed-in: ${email}`;
      });
    });

    it('asks again as soon as somebody signs in in another tab', async () => {
      const { email, first, page } = await openLater();
      network.fate = (path) => (path === '/auth/me' ? 'request-lost' : 'ok');
      await page.evaluate('void start()');
      await until(() => network.seen['/auth/me']! > 0);
      for (let second = 0; second < 10; second++) await page.clock.runFor(1_000);
      await page.clock.pauseAt(new Date(Date.now() + 3_600_000));
      network.fate = () => 'ok';
      await first.evaluate(`client.login({ email: '${email}', password: '${PASSWORD}' })`);
      await expectText(page, `signed-in: ${email}`);
    });
  });
});
