import { type Host, startHost } from '../support/host-app.js';
import { MailSink } from '../../src/testing/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { until } from '../support/until.js';

const OTHER = 'quite another long sentence';
const WRONG = 'not the sentence of anyone';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15';
const COOKIE = { 'x-auth-transport': 'cookie' };

let host: Host;
const mails = new MailSink();
beforeAll(async () => {
  host = await startHost({
    options: {
      publicUrl: 'https://auth.example.com',
      accountProtection: {},
      mail: { from: 'no-reply@example.com', transport: mails },
    },
  });
});
afterAll(() => host?.close());

const register = async (agent = FIREFOX) => {
  const email = newEmail();
  const headers = { 'user-agent': agent, ...COOKIE };
  const { cookies } = await host.client.post('/auth/register', { email, password: PASSWORD }, { headers });
  return { email, device: cookies.device!.value };
};
const login = (email: string, password: string, headers: Record<string, string> = {}) =>
  host.client.post('/auth/login', { email, password }, { headers: { 'user-agent': FIREFOX, ...headers } });
/** Skips the wait until the next attempt is allowed. */
const failedLogin = async (email: string) => {
  await host.database.query('UPDATE login_attempts SET free_at = now()');
  expect((await login(email, WRONG)).status).toBe(401);
};
const sentTo = (email: string) => mails.mails.filter(({ to }) => to === email).map((mail) => mail.template);
const tokenIn = (link: string) => link.slice(link.indexOf('#t=') + 3);
/** Mails are sent in the order in which they were written. */
const laterMail = async (email: string) => {
  await host.client.post('/auth/password/forgot', { email });
  await mails.next('reset-password', { to: email, within: 20_000 });
};

it('after more than 20 failures of strangers, the owner gets one mail, whose link resets the password', async () => {
  const { email } = await register();
  for (let i = 0; i < 20; i++) await failedLogin(email);
  await laterMail(email);
  expect(sentTo(email)).toEqual(['reset-password']);
  await failedLogin(email);
  const { text } = await mails.next('strangers-failed', { to: email, within: 20_000 });
  expect(text).toContain('21 failed attempts');
  expect(text).toContain('127.0.0.1');
  const link = /https:\/\/auth\.example\.com\/account\/reset#t=\S+/.exec(text)![0];
  for (let i = 0; i < 3; i++) await failedLogin(email);
  await laterMail(email);
  expect(sentTo(email).filter((template) => template === 'strangers-failed')).toHaveLength(1);
  const reset = { token: tokenIn(link), newPassword: OTHER };
  expect((await host.client.post('/auth/password/reset', reset)).status).toBe(204);
  expect((await login(email, OTHER)).status).toBe(200);
});

it('nobody gets a mail for an address without an account', async () => {
  const email = newEmail();
  for (let i = 0; i < 22; i++) await failedLogin(email);
  const { email: other } = await register();
  await laterMail(other);
  expect(sentTo(email)).toEqual([]);
});

it('a login on a device that the user has not used before is mailed, once and with the device', async () => {
  const { email, device } = await register();
  await login(email, PASSWORD); // the same browser
  await login(email, PASSWORD, { 'user-agent': SAFARI, cookie: `device=${device}` }); // it has a proof
  await laterMail(email);
  expect(sentTo(email)).toEqual(['reset-password']);
  const { email: second } = await register();
  await login(second, PASSWORD, { 'user-agent': SAFARI });
  const { text } = await mails.next('signed-in-on-new-device', { to: second, within: 20_000 });
  expect(text).toContain('Safari');
  expect(text).toContain('https://auth.example.com/account');
  await login(second, PASSWORD, { 'user-agent': SAFARI });
  await laterMail(second);
  expect(sentTo(second)).toEqual(['signed-in-on-new-device', 'reset-password']);
});

it('a browser that has reset the password is not a stranger afterwards, and has no session', async () => {
  const { email } = await register();
  await host.client.post('/auth/password/forgot', { email });
  const token = tokenIn(await mails.linkFor('reset-password', { to: email, within: 20_000 }));
  const body = { token, newPassword: OTHER };
  const reset = await host.client.post('/auth/password/reset', body, { headers: COOKIE });
  expect([reset.status, Object.keys(reset.cookies)]).toEqual([204, ['device']]);
  for (let i = 0; i < 5; i++) await failedLogin(email);
  await until(async () => (await login(email, OTHER)).status === 429);
  expect((await login(email, OTHER, { cookie: `device=${reset.cookies.device!.value}` })).status).toBe(200);
});
