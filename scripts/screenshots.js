// `node scripts/screenshots.js`: takes the pictures of pages and mails in docs/images with Debian's Chromium.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages } from './install-packages.js';
import { smaller } from './smaller-png.js';

installPackages('test/browser');
const { chromium } = await import('../test/browser/node_modules/playwright-core/index.mjs');

const root = join(import.meta.dirname, '..');
const work = mkdtempSync(join(tmpdir(), 'latchkey-screenshots-'));
const password = 'the analytical engine 1843';
const DEVICES = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0',
];

const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const found = server.address().port;
    server.close(() => resolve(found));
  });
});
const url = `http://127.0.0.1:${port}`;
const env = {
  ...process.env,
  NODE_ENV: 'development',
  PORT: String(port),
  DATA_DIR: join(work, 'data'),
  EMAIL_VERIFICATION: 'optional',
};
const service = spawn(process.execPath, ['scripts/start.js'], { cwd: root, env, stdio: 'ignore' });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const save = (name, picture) => writeFileSync(join(root, 'docs/images', name), smaller(picture));

/** Some mails beside each other, as `MailWriter` writes them. */
async function pictureOfMails() {
  await import('./typescript.js');
  const { MailWriter } = await import('../src/mail/mail-templates.ts');
  const { Links } = await import('../src/mail/links.ts');
  const writer = new MailWriter(new Links('https://auth.example.com'), {
    brand: { name: 'Example', accent: '#0f766e', accentText: '#ffffff' },
  });
  const at = '2026-11-28T12:34:00Z';
  const data = { name: 'Ada Lovelace', at, device: 'Firefox on macOS', expiresAt: '2026-11-28T13:04:00Z' };
  const token = 'lk_A1b2C3d4E5f6G7h8';
  const mails = await Promise.all([
    writer.write(
      { template: 'reset-password', locale: 'en', data: { ...data, at: undefined, device: undefined } },
      token,
    ),
    writer.write(
      { template: 'email-changed', locale: 'de', data: { ...data, newEmail: 'ada@new.example' } },
      token,
    ),
    writer.write({ template: 'strangers-failed', locale: 'fr', data: { ...data, count: 21 } }, token),
  ]);
  const page = await browser.newPage({ viewport: { width: 1440, height: 720 }, deviceScaleFactor: 1 / 2 });
  const frames = mails.map(() => '<iframe style="flex:1;border:0"></iframe>').join('');
  await page.setContent(`<body style="display:flex;height:100vh;margin:0">${frames}</body>`);
  for (const [index, { html }] of mails.entries()) await page.frames()[index + 1].setContent(html);
  return page.screenshot();
}

try {
  while (!(await fetch(`${url}/health/ready`).catch(() => undefined))?.ok)
    await new Promise((resolve) => setTimeout(resolve, 200));
  const post = (path, body, userAgent) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': userAgent },
      body: JSON.stringify(body),
    });
  const account = { email: 'ada@example.com', password };
  await post('/auth/register', { ...account, name: 'Ada Lovelace' }, DEVICES[0]);
  await post('/auth/login', account, DEVICES[1]);
  // Smaller than it is shown on a screen: README shows it at a third of its width, and it is part of the package.
  const page = await browser.newPage({
    baseURL: url,
    viewport: { width: 760, height: 750 },
    deviceScaleFactor: 1 / 2,
  });
  await page.goto('/account/sign-in');
  await page.getByLabel('Email address').fill(account.email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('(this one)').waitFor();
  await save('account.png', await page.screenshot());
  await page.locator('#unproven').waitFor();
  await page.locator('#unproven').evaluate((element) => element.closest('section').scrollIntoView());
  await save('account-flows.png', await page.screenshot());
  await save('mails.png', await pictureOfMails());
} finally {
  await browser.close();
  const exited = new Promise((resolve) => service.once('exit', resolve));
  service.kill('SIGTERM');
  await exited;
  rmSync(work, { recursive: true, force: true });
}
