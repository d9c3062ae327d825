import type { Browser, BrowserContext, Page } from 'playwright-core';
import { newEmail, PASSWORD } from '../support/client.js';
import { createDatabase } from '../support/postgres.js';
import { productionSettings, startServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';
import { describeWithBrowser, launchBrowser } from './support/browser.js';
import { type Fate, type FlakyProxy, startFlakyProxy } from './support/flaky-proxy.js';

type Transport = 'cookie' | 'body';
type Keeper = 'memory' | 'localStorage' | 'sessionStorage';

const REFRESH = '/auth/refresh';
const YEAR_MS = 365 * 86_400_000;

// Runs in the page.
const USER_EMAIL = 'client.getUser().then((user) => user && user.email)';
const REFRESHED = 'client.refresh()';
const STATUS = "client.fetch('/api/protected').then((response) => response.status)";
/** As an app would: a temporary failure is retried, and a 401 would be a bug. */
const REFRESH_AND_USE = `(async () => {
  const until = performance.now() + 500;
  while (performance.now() < until) {
    try {
      await client.refresh();
      const { status } = await client.fetch('/api/protected');
      if (status === 401) signedOut.push('401');
    } catch (error) {
      if (error.status === 401) throw error;
    }
  }
  return signedOut.length > 0;
})()`;

/** Runs before the page's own scripts. What a tab is the first to know takes its time to reach the others. */
const LATE_NEWS = `{
  const post = BroadcastChannel.prototype.postMessage;
  const known = new Set();
  BroadcastChannel.prototype.postMessage = function (message) {
    const { version } = message.session ?? {};
    const isNews = version && !known.has(version);
    known.add(version);
    if (isNews) setTimeout(() => post.call(this, message), 700);
    else post.call(this, message);
  };
}`;

describeWithBrowser('the client in Chromium', () => {
  let service: Service;
  let browser: Browser;
  let network: FlakyProxy;
  let context: BrowserContext;

  beforeAll(async () => {
    service = await startService();
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await service.end();
  });
  beforeEach(async () => {
    network = await startFlakyProxy(service.url);
    context = await browser.newContext();
  });
  afterEach(async () => {
    await context.close();
    await network.close();
  });

  async function tab(transport: Transport, keeper: Keeper = 'memory', clockOffset = 0): Promise<Page> {
    const page = await context.newPage();
    await page.addInitScript(`{ const now = Date.now; Date.now = () => now() + ${clockOffset}; }`);
    await page.goto(network.url);
    await startApp(page, transport, keeper);
    return page;
  }

  /** What the page's own script would do. */
  async function startApp(page: Page, transport: Transport, keeper: Keeper): Promise<void> {
    await page.evaluate(`
      signedOut = [];
      client = createLatchkeyClient({
        baseUrl: location.origin,
        transport: '${transport}',
        storage: window.${keeper},
        onSignedOut: (code) => signedOut.push(code),
      });`);
  }

  async function signIn(page: Page): Promise<string> {
    const email = newEmail();
    await page.evaluate(`client.register({ email: '${email}', password: '${PASSWORD}' })`);
    return email;
  }

  it.each<[Transport, Keeper]>([
    ['cookie', 'memory'],
    ['body', 'memory'],
    ['body', 'localStorage'],
    ['body', 'sessionStorage'],
  ])('ten tabs that refresh at the same time refresh once (%s, %s)', async (transport, keeper) => {
    const first = await tab(transport, keeper);
    const email = await signIn(first);
    const tabs = [first];
    while (tabs.length < 10) tabs.push(await tab(transport, keeper));
    expect(await Promise.all(tabs.map((page) => page.evaluate<string | null>(USER_EMAIL)))).toEqual(
      tabs.map(() => email),
    );

    for (let round = 1; round <= 3; round++) {
      let answer = () => {};
      const allBegan = new Promise<void>((resolve) => (answer = resolve));
      network.fate = (path) => (path === REFRESH ? { heldUntil: allBegan } : 'ok');
      await Promise.all(tabs.map((page) => page.evaluate(`void (refreshing = ${REFRESHED})`)));
      answer();
      expect(await Promise.all(tabs.map((page) => page.evaluate<boolean>('refreshing')))).toEqual(
        tabs.map(() => true),
      );
      expect(network.seen[REFRESH]).toBe(round);
    }
    expect(await Promise.all(tabs.map((page) => page.evaluate<number>(STATUS)))).toEqual(tabs.map(() => 200));
    expect(await endings(tabs)).toEqual([]);
  });

  it.each<[Transport, Keeper]>([
    ['cookie', 'memory'],
    ['body', 'memory'],
    ['body', 'sessionStorage'],
  ])('tabs refresh once although they hear of it late (%s, %s)', async (transport, keeper) => {
    await context.addInitScript(LATE_NEWS);
    const tabs = [await tab(transport, keeper)];
    await signIn(tabs[0]!);
    while (tabs.length < 4) tabs.push(await tab(transport, keeper));
    for (const page of tabs) expect(await page.evaluate<string | null>(USER_EMAIL)).toMatch(/@/);
    for (let round = 1; round <= 2; round++) {
      const refreshed = await Promise.all(tabs.map((page) => page.evaluate<boolean>(REFRESHED)));
      expect(refreshed).toEqual(tabs.map(() => true));
      expect(network.seen[REFRESH]).toBe(round);
    }
    expect(await endings(tabs)).toEqual([]);
  });

  it('all tabs learn that somebody has signed in', async () => {
    const tabs = [await tab('cookie'), await tab('cookie')];
    for (const page of tabs) {
      expect(await page.evaluate<string | null>(USER_EMAIL)).toBeNull();
      await page.evaluate(`{
        signedIn = [];
        seen = [];
        client.onSignedIn(() => signedIn.push(true));
        client.subscribe(() => seen.push(client.getSnapshot().status));
      }`);
    }
    await signIn(tabs[0]!);
    for (const page of tabs) {
      await until(() => page.evaluate<boolean>('signedIn.length === 1'));
      expect(await page.evaluate<string | null>(USER_EMAIL)).toMatch(/@/);
      expect(await page.evaluate('seen[0]')).toBe('signed-in');
    }
  });

  it('a tab whose storage is full goes on, and its next page does not use the old token', async () => {
    const page = await tab('body', 'localStorage');
    await signIn(page);
    await page.evaluate(`{
      Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
    }`);
    for (let round = 0; round < 3; round++) expect(await page.evaluate<boolean>(REFRESHED)).toBe(true);
    expect(await page.evaluate<number>(STATUS)).toBe(200);
    expect(await page.evaluate('localStorage.length')).toBe(0);
    await page.reload();
    await startApp(page, 'body', 'localStorage');
    expect(await page.evaluate<string | null>(USER_EMAIL)).toBeNull();
    expect(network.seen[REFRESH]).toBe(3);
  });

  it('a tab whose storage ignores writes goes on, and its next page does not use the old token', async () => {
    const page = await tab('body', 'localStorage');
    await signIn(page);
    await page.evaluate(`{ Storage.prototype.setItem = () => {}; }`);
    for (let round = 0; round < 3; round++) expect(await page.evaluate<boolean>(REFRESHED)).toBe(true);
    expect(await page.evaluate('localStorage.length')).toBe(0);
    await page.reload();
    await startApp(page, 'body', 'localStorage');
    expect(await page.evaluate<string | null>(USER_EMAIL)).toBeNull();
    expect(network.seen[REFRESH]).toBe(3);
  });

  it('a tab that has refreshed can be restored by "back" soon after', async () => {
    const page = await tab('cookie');
    await signIn(page);
    const held = 'navigator.locks.query().then(({ held }) => held.length)';
    expect(await page.evaluate<number>(held)).toBeLessThanOrEqual(1);
    await until(async () => (await page.evaluate<number>(held)) === 0);
  });

  it('a tab that is created with a copy of the tokens does not use them a second time', async () => {
    const first = await tab('body', 'sessionStorage');
    await signIn(first);
    const [second] = await Promise.all([context.waitForEvent('page'), first.evaluate('void open(location)')]);
    await second.waitForLoadState();
    await startApp(second, 'body', 'sessionStorage');
    for (let round = 0; round < 3; round++) {
      expect(await first.evaluate<boolean>(REFRESHED)).toBe(true);
      expect(await first.evaluate<boolean>(REFRESHED)).toBe(true);
      expect(await second.evaluate<boolean>(REFRESHED)).toBe(true);
      expect(await second.evaluate<boolean>(REFRESHED)).toBe(true);
    }
    expect(await endings([first, second])).toEqual([]);
  });

  it('all tabs learn that a session has ended', async () => {
    const tabs = [await tab('cookie'), await tab('cookie')];
    await signIn(tabs[0]!);
    expect(await tabs[1]!.evaluate<string | null>(USER_EMAIL)).toMatch(/@/);
    await tabs[0]!.evaluate('client.logout()');
    expect(await Promise.all(tabs.map((page) => page.evaluate<string | null>(USER_EMAIL)))).toEqual([
      null,
      null,
    ]);
    expect(await endings(tabs)).toEqual(['LOGGED_OUT', 'LOGGED_OUT']);
  });

  it('a page loaded with an expired access cookie and a valid refresh cookie just works', async () => {
    const first = await tab('cookie');
    const email = await signIn(first);
    await first.close();
    const cookies = await context.cookies();
    await context.clearCookies({ name: 'access' });
    const second = await tab('cookie');
    expect(await second.evaluate<string | null>(USER_EMAIL)).toBe(email);
    expect(network.seen[REFRESH]).toBe(1);
    expect(cookies.every(({ httpOnly }) => httpOnly)).toBe(true);
    expect(await second.evaluate('document.cookie')).toBe('');
  });

  it.each([
    ['a year behind', -YEAR_MS],
    ['a year ahead', YEAR_MS],
  ])('a clock that is %s does no harm, not even to other tabs', async (_, offset) => {
    for (const transport of ['cookie', 'body'] as const) {
      await context.clearCookies();
      const wrong = await tab(transport, 'localStorage', offset);
      const right = await tab(transport, 'localStorage');
      await signIn(wrong);
      const before = network.seen[REFRESH] ?? 0;
      expect(await wrong.evaluate<number>(STATUS)).toBe(200);
      expect(network.seen[REFRESH] ?? 0).toBe(before);
      for (let round = 0; round < 5; round++) {
        expect(await wrong.evaluate<boolean>(REFRESHED)).toBe(true);
        expect(await right.evaluate<number>(STATUS)).toBe(200);
        expect(await right.evaluate<boolean>(REFRESHED)).toBe(true);
        expect(await wrong.evaluate<number>(STATUS)).toBe(200);
      }
      expect(await endings([wrong, right])).toEqual([]);
      await Promise.all([wrong.close(), right.close()]);
    }
  });

  it('a page that is left in the middle of a refresh keeps its session', async () => {
    const page = await tab('cookie');
    await signIn(page);
    const fresh = async () => (await context.cookies()).find(({ name }) => name === 'refresh')?.value;
    const before = await fresh();
    let leave = () => {};
    const left = new Promise<void>((resolve) => (leave = resolve));
    network.fate = (path) => (path === REFRESH ? { heldUntil: left } : 'ok');
    await page.evaluate('void client.refresh()');
    await until(() => network.succeeded[REFRESH] === 1);
    await page.goto('about:blank');
    leave();
    await until(async () => (await fresh()) !== before);
    const next = await tab('cookie');
    expect(await next.evaluate<boolean>(REFRESHED)).toBe(true);
  });

  describe('with access tokens that keep expiring', () => {
    let shortLived: Service;
    beforeAll(async () => {
      shortLived = await startService({ JWT_ACCESS_TTL: '2s', CLOCK_TOLERANCE: '0s' });
    });
    afterAll(() => shortLived.end());
    beforeEach(() => {
      network.serviceUrl = shortLived.url;
    });

    it.each<[Transport, Keeper, number]>([
      ['cookie', 'memory', 500],
      ['body', 'localStorage', 250],
      ['body', 'memory', 250],
    ])(
      'nobody is logged out by accident in %s transport (%s): %d refreshes on a bad network',
      async (transport, keeper, wanted) => {
        const tabs = await Promise.all(Array.from({ length: 4 }, () => tab(transport, keeper)));
        const email = await signIn(tabs[0]!);
        network.fate = badNetwork(7);
        const refreshed = () => network.succeeded[REFRESH] ?? 0;
        let ended = false;
        const going = () => !ended && refreshed() < wanted;
        const work = Promise.all(
          tabs.map(async (page) => {
            while (going()) ended ||= await page.evaluate<boolean>(REFRESH_AND_USE);
          }),
        );
        const spells = spellsOffline(going);
        await Promise.all([work, spells]);

        network.fate = () => 'ok';
        expect(await endings(tabs)).toEqual([]);
        expect(refreshed()).toBeGreaterThanOrEqual(wanted);
        expect(await Promise.all(tabs.map((page) => page.evaluate<string | null>(USER_EMAIL)))).toEqual(
          tabs.map(() => email),
        );
      },
      180_000,
    );
  });

  /** Short interruptions, now and then, whatever is in progress. */
  async function spellsOffline(going: () => boolean): Promise<void> {
    while (going()) {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await context.setOffline(true);
      await new Promise((resolve) => setTimeout(resolve, 700));
      await context.setOffline(false);
    }
  }

  async function endings(tabs: Page[]): Promise<string[]> {
    return (await Promise.all(tabs.map((page) => page.evaluate<string[]>('signedOut')))).flat();
  }
});

interface Service {
  url: string;
  end(): Promise<void>;
}

async function startService(settings: Record<string, string> = {}): Promise<Service> {
  const database = await createDatabase();
  const service = await startServiceProcess({
    ...productionSettings(database.url),
    COOKIE_SECURE: 'false',
    ...settings,
  });
  return {
    url: service.client.url,
    end: async () => {
      await service.end();
      await database.drop();
    },
  };
}

/** One request in five meets a fault. The sequence is always the same, so that a failure can be reproduced. */
function badNetwork(seed: number): FlakyProxy['fate'] {
  const bad: Fate[] = [
    'request-lost',
    'response-lost',
    'response-lost',
    'response-cut',
    { delayMs: 300 },
    { status: 502 },
    { status: 503, headers: { 'retry-after': '0' } },
    { status: 429, headers: { 'retry-after': '0' } },
  ];
  let state = seed;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return (path) => (path === REFRESH && random() < 0.2 ? bad[Math.floor(random() * bad.length)]! : 'ok');
}
