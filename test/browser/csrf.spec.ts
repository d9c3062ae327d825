import { Controller, Get, Header } from '@nestjs/common';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeWithBrowser, launchBrowser, type PageServer, servePages } from './support/browser.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';

/** The page of the app itself. */
@Controller('page')
class PageController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  read() {
    return '<!doctype html><title>The app</title>';
  }
}

/** What a page tries; each script is the body of an async function that can use `api`, `email` and `password`. */
const BY_SCRIPT: [string, string][] = [
  [
    'a login with JSON, which needs a preflight',
    `return fetch(api + '/auth/login', { method: 'POST', credentials: 'include',
       headers: { 'content-type': 'application/json', 'x-auth-transport': 'cookie' },
       body: JSON.stringify({ email, password }) })`,
  ],
  ...['login', 'register', 'refresh', 'logout', 'logout-all', 'password'].map((route): [string, string] => [
    `a simple ${route} with JSON as text`,
    `return fetch(api + '/auth/${route}', { method: 'POST', credentials: 'include', mode: 'no-cors',
       body: JSON.stringify({ email, password }) })`,
  ]),
  ...['refresh', 'logout', 'logout-all'].map((route): [string, string] => [
    `a simple ${route} without a body`,
    `return fetch(api + '/auth/${route}', { method: 'POST', credentials: 'include', mode: 'no-cors' })`,
  ]),
  ['a DELETE', `return fetch(api + '/auth/sessions', { method: 'DELETE', credentials: 'include' })`],
  ['a beacon', `return navigator.sendBeacon(api + '/auth/logout')`],
  ['a read', `return fetch(api + '/auth/me', { credentials: 'include' })`],
  ['a read with no-cors', `return fetch(api + '/auth/me', { credentials: 'include', mode: 'no-cors' })`],
  [
    'a read in a frame',
    `const frame = document.body.appendChild(document.createElement('iframe'));
     await new Promise((resolve) => { frame.onload = resolve; frame.src = api + '/auth/me'; });
     return { status: 0, text: () => frame.contentDocument?.body.textContent ?? '' }`,
  ],
  [
    'a logout from a sandboxed frame, whose origin is null',
    `const frame = document.createElement('iframe');
     frame.sandbox = 'allow-scripts';
     frame.srcdoc = '<script>fetch("' + api + '/auth/logout", { method: "POST", credentials: "include", mode: "no-cors" })'
       + '.finally(() => parent.postMessage("done", "*"))</' + 'script>';
     const done = new Promise((resolve) => addEventListener('message', resolve, { once: true }));
     document.body.append(frame);
     await done`,
  ],
];

const FORM_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

/** Runs a script in the page, and returns the status and text of its answer, as far as the page could read them. */
function run(page: Page, script: string, values: Record<string, string>): Promise<string> {
  const names = Object.keys(values).join(', ');
  return page.evaluate<string>(`(async ({ ${names} }) => {
    try {
      const answer = await (async () => { ${script} })();
      return answer?.text ? answer.status + ' ' + (await answer.text()) : String(answer);
    } catch (error) {
      return error.name;
    }
  })(${JSON.stringify(values)})`);
}

/** The browser's headers decide: to `.localhost` it sends Fetch Metadata, to a host over plain HTTP only the origin. */
const SETTINGS = [
  { adapter: 'fastify', domain: 'localhost', secure: true },
  { adapter: 'express', domain: 'test', secure: false },
] satisfies { adapter: AdapterName; domain: string; secure: boolean }[];

describeWithBrowser.each(SETTINGS)('in Chromium, on $adapter at .$domain', ({ adapter, domain, secure }) => {
  let browser: Browser;
  let pages: PageServer;
  let host: Host;
  let context: BrowserContext;
  let api: string;
  let user: { email: string; password: string };

  beforeAll(async () => {
    [browser, pages, host] = await Promise.all([
      launchBrowser(),
      servePages(),
      startHost({
        adapter,
        controllers: [PageController],
        options: { cookies: { secure, silentRefresh: true } },
      }),
    ]);
    api = `http://app.shop.${domain}:${new URL(host.client.url).port}`;
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([pages?.close(), host?.close()]);
  });

  const open = async (address: string) => {
    const page = await context.newPage();
    await page.goto(address);
    return page;
  };
  const login = (page: Page) =>
    run(
      page,
      `return fetch('/auth/login', { method: 'POST', body: JSON.stringify({ email, password }),
         headers: { 'content-type': 'application/json', 'x-auth-transport': 'cookie' } })`,
      user,
    );
  const post = (page: Page, path: string) => run(page, `return fetch(path, { method: 'POST' })`, { path });
  const read = (page: Page, path: string) => run(page, `return fetch(path)`, { path });
  const names = async () => (await context.cookies()).map(({ name }) => name).toSorted();

  beforeAll(async () => {
    user = { email: newEmail(), password: PASSWORD };
    await host.client.post('/auth/register', user);
  });
  beforeEach(async () => {
    context = await browser.newContext();
  });
  afterEach(() => context.close());

  it('its own origin can log in, read, refresh and log out, and no script sees a token', async () => {
    const page = await open(`${api}/page`);
    expect(await login(page)).toMatch(/^200 /);
    const prefix = secure ? '__Host-' : '';
    expect(await names()).toEqual(['access', 'device', 'refresh'].map((name) => prefix + name));
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await read(page, '/auth/me')).toContain(user.email);
    expect(await post(page, '/auth/refresh')).toMatch(/^200 /);
    await page.evaluate(`localStorage.setItem('draft', 'a secret')`);
    expect(await post(page, '/auth/logout')).toBe('204 ');
    expect(await names()).toEqual([`${prefix}device`]); // no credential
    // Browsers honor Clear-Site-Data only in secure contexts.
    expect(await page.evaluate(`localStorage.getItem('draft')`)).toBe(secure ? null : 'a secret');
    expect(await read(page, '/auth/me')).toMatch(/^401 .*TOKEN_MISSING/);
  });

  it('a request without the access cookie is served, and sets new cookies', async () => {
    const page = await open(`${api}/page`);
    await login(page);
    await context.clearCookies({ name: /access$/ });
    const before = (await context.cookies()).find(({ name }) => name.endsWith('refresh'));
    expect(await read(page, '/auth/me')).toContain(user.email);
    expect(await names()).toHaveLength(3);
    expect((await context.cookies()).find(({ name }) => name === before!.name)!.value).not.toBe(
      before!.value,
    );
  });

  describe.each([
    ['a sibling subdomain', `evil.shop.${domain}`],
    ['another site', `evil.${domain === 'test' ? 'test' : 'elsewhere.localhost'}`],
  ])('a page on %s', (_, evil) => {
    const sessions = () => host.database.query('SELECT * FROM refresh_tokens ORDER BY created_at');
    let own: Page;
    let foreign: Page;
    let before: unknown;
    beforeEach(async () => {
      own = await open(`${api}/page`);
      await login(own);
      before = { sessions: await sessions(), cookies: await context.cookies() };
      foreign = await open(`http://${evil}:${pages.port}/`);
    });
    const expectNoEffect = async () => {
      expect({ sessions: await sessions(), cookies: await context.cookies() }).toEqual(before);
      expect(await read(own, '/auth/me')).toContain(user.email);
    };

    it('cannot log in, refresh, log out or read anything with a script', async () => {
      for (const [attempt, script] of BY_SCRIPT) {
        const seen = await run(foreign, script, { api, ...user });
        expect({ attempt, seen }).toEqual({
          attempt,
          seen: expect.stringMatching(/^(TypeError|0 |true|undefined)$/),
        });
      }
      await expectNoEffect();
    });

    /** The status of the page that a form leads to, as if the user had clicked; a field without a name is not sent. */
    const submit = async (route: string, type: string, field: string) => {
      const page = await open(`http://${evil}:${pages.port}/`);
      const answered = page.waitForNavigation();
      await page.evaluate(`(() => {
          const form = document.body.appendChild(document.createElement('form'));
          Object.assign(form, { method: 'POST', action: '${api}/auth/${route}', enctype: '${type}' });
          const field = form.appendChild(document.createElement('input'));
          [field.name, field.value] = ['${field}', '"}'];
          form.submit();
        })()`);
      const status = (await answered)?.status();
      await page.close();
      return status;
    };

    it('cannot do so with a form of any type', async () => {
      for (const route of ['login', 'refresh', 'logout', 'logout-all'])
        for (const type of FORM_TYPES) {
          const status = await submit(route, type, '{"refreshToken":null,"x":"');
          expect({ route, type, status }).toEqual({ route, type, status: 415 });
        }
      for (const route of ['refresh', 'logout'])
        expect({ route, status: await submit(route, FORM_TYPES[0]!, '') }).toEqual({ route, status: 403 });
      expect([401, 403]).toContain(await submit('logout-all', FORM_TYPES[0]!, ''));
      await expectNoEffect();
    });
  });
});
