import { request } from 'node:http';
import { MailSink } from '../../src/testing/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';

const OTHER = 'quite another long sentence';
const ADDRESS = 'https://auth.example.com';

let host: Host;
const mails = new MailSink();
beforeAll(async () => {
  const many = { limit: 10_000, per: '1m' } as const;
  host = await startHost({
    options: {
      publicUrl: ADDRESS,
      accounts: { verification: 'required' },
      rateLimits: { register: many, login: many, mails: many, password: many },
      mail: { from: 'no-reply@example.com', transport: mails },
    },
  });
});
afterAll(() => host?.close());

const tokenIn = (link: string) => link.slice(link.indexOf('#t=') + 3);

/** Through the outbox and its worker. */
async function register(name?: string) {
  const email = newEmail();
  expect((await host.client.post('/auth/register', { email, password: PASSWORD, name })).status).toBe(202);
  const token = tokenIn(await mails.linkFor('confirm-registration', { to: email, within: 20_000 }));
  const confirmed = await host.client.post('/auth/register/confirm', { token, password: PASSWORD });
  expect(confirmed.status).toBe(201);
  return { email, token: confirmed.body.accessToken as string };
}

/** Sends exactly this request target and these headers. */
const forgotAs = (email: string, path: string, headers: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    const { hostname, port } = new URL(host.client.url);
    const all = { 'content-type': 'application/json', ...headers };
    const sent = request({ hostname, port, path, method: 'POST', headers: all }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode!));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ email }));
  });

it('A206: an account lives by its mails: registered, reset, moved and taken back', async () => {
  const { email, token } = await register('Ada');
  await host.client.post('/auth/password/forgot', { email });
  const reset = tokenIn(await mails.linkFor('reset', { to: email, within: 20_000 }));
  const body = { token: reset, newPassword: OTHER };
  expect((await host.client.post('/auth/password/reset', body)).status).toBe(204);
  await mails.next('password-reset', { to: email, within: 20_000 });
  expect((await host.client.get('/auth/me', { token })).status).toBe(401);
  const login = await host.client.post('/auth/login', { email, password: OTHER });
  expect(login.status).toBe(200);
  const next = newEmail();
  const own = { token: login.body.accessToken as string };
  const { body: exported } = await host.client.get('/auth/me/export', own);
  expect(exported.mails).toMatchObject([
    { template: 'password-reset', recipient: email },
    { template: 'reset-password', recipient: email, sentAt: expect.any(String) },
  ]);
  expect(await host.client.post('/auth/email', { newEmail: next }, own)).toMatchObject({ status: 202 });
  const confirm = tokenIn(await mails.linkFor('confirm-email', { to: next, within: 20_000 }));
  expect((await host.client.post('/auth/email/confirm', { token: confirm })).status).toBe(204);
  const undo = tokenIn(await mails.linkFor('undo-email', { to: email, within: 20_000 }));
  expect((await host.client.post('/auth/email/undo', { token: undo })).status).toBe(204);
  expect((await host.client.post('/auth/login', { email: next, password: OTHER })).status).toBe(401);
});

it.each<[string, string, Record<string, string>]>([
  ['Host', '/auth/password/forgot', { host: 'evil.example' }],
  ['Host with a port', '/auth/password/forgot', { host: 'auth.example.com:8443' }],
  ['X-Forwarded-Host', '/auth/password/forgot', { 'x-forwarded-host': 'evil.example' }],
  [
    'X-Forwarded-Proto and -Port',
    '/auth/password/forgot',
    { 'x-forwarded-proto': 'http', 'x-forwarded-port': '81' },
  ],
  ['Forwarded', '/auth/password/forgot', { forwarded: 'host=evil.example;proto=http' }],
  ['an absolute target', 'http://evil.example/auth/password/forgot', {}],
])('A210: no link has anything of %s', async (_, path, headers) => {
  const { email } = await register();
  expect(await forgotAs(email, path, headers)).toBe(202);
  const { text, html } = await mails.next('reset-password', { to: email, within: 20_000 });
  const links = `${text} ${html}`.match(/https?:\/\/[^\s"<>#]+/g)!;
  expect(links.filter((link) => !link.startsWith(`${ADDRESS}/`) && link !== ADDRESS)).toEqual([]);
  expect(text + html).not.toContain('evil');
});

it('A218: 101 requests for one mailbox are answered alike, and send no more mails than the limit', async () => {
  const { email } = await register();
  const statuses = new Set<number>();
  for (let i = 0; i < 101; i++)
    statuses.add((await host.client.post('/auth/password/forgot', { email })).status);
  expect([...statuses]).toEqual([202]);
  const { email: other } = await register(); // its mails come later
  await host.client.post('/auth/password/forgot', { email: other });
  await mails.next('reset-password', { to: other, within: 20_000 });
  const sent = mails.mails.filter(({ to, template }) => to === email && template === 'reset-password');
  expect(sent.length).toBeGreaterThan(0);
  expect(sent.length).toBeLessThanOrEqual(3);
});

it.each([
  ['HTML', '<a href="https://evil.example">Click</a><img src=x onerror=alert(1)>'],
  ['an address', 'Win at https://evil.example/now www.evil.example'],
  ['another direction', 'Ada\u202egnp.exe'],
  ['line breaks', 'Ada\r\nBcc: victim@example.com'],
  ['a template', '{{913*7}} ${913*7}'],
])('A219: a name with %s is refused, or does nothing in a mail', async (_, name) => {
  const email = newEmail();
  const { status } = await host.client.post('/auth/register', { email, password: PASSWORD, name });
  if (status === 400) return;
  const token = tokenIn(await mails.linkFor('confirm-registration', { to: email, within: 20_000 }));
  await host.client.post('/auth/register/confirm', { token, password: PASSWORD });
  await host.client.post('/auth/password/forgot', { email });
  const { text, html, subject, to } = await mails.next('reset-password', { to: email, within: 20_000 });
  expect(to).toBe(email);
  expect(subject).not.toMatch(/[\r\n]/);
  expect(html).not.toMatch(/<img src=x|href="https:\/\/evil|<a href="(?!https:\/\/auth\.example\.com)/);
  expect(text + html).not.toMatch(/https?:\/\/evil|www\.evil|\u202e|\b6391\b/);
});
