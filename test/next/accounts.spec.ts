import { createLatchkeyNext } from '../../src/next/latchkey-next.js';
import { MailSink } from '../../src/testing/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';

const OTHER = 'quite another long sentence';

let host: Host;
const mails = new MailSink();
beforeAll(async () => {
  host = await startHost({
    options: {
      publicUrl: 'https://auth.example.com',
      accounts: { verification: 'required' },
      mail: { from: 'no-reply@example.com', transport: mails },
    },
  });
});
afterAll(() => host?.close());

it('the handlers for Next.js take an account through its whole life, with the cookies of the service', async () => {
  const url = host.client.url;
  const { handlers } = createLatchkeyNext({ url, issuer: 'https://auth.example.com', secureCookies: false });
  const jar = new Map<string, string>();
  const send = async (handler: keyof typeof handlers, body: object, method = 'POST') => {
    const request = new Request('http://app.example.com/api', {
      method,
      headers: {
        'content-type': 'application/json',
        'sec-fetch-site': 'same-origin',
        cookie: [...jar].map((pair) => pair.join('=')).join('; '),
      },
      body: JSON.stringify(body),
    });
    const response = await handlers[handler](request);
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value) jar.set(name!, value);
      else jar.delete(name!);
    }
    return response.status;
  };
  const tokenOf = async (template: Parameters<MailSink['linkFor']>[0], to: string) => ({
    token: (await mails.linkFor(template, { to })).split('#t=')[1]!,
  });

  const [email, next] = [newEmail(), newEmail()];
  expect(await send('register', { email, password: PASSWORD })).toBe(202);
  expect([...jar.keys()]).toEqual(['registration']);
  const confirmation = await tokenOf('confirm-registration', email);
  expect(await send('confirmRegistration', confirmation)).toBe(201); // no password: it is the browser that began
  expect([...jar.keys()].toSorted()).toEqual(['access', 'device', 'refresh']);
  expect(await send('changeName', { name: 'Ada' }, 'PATCH')).toBe(200);
  expect(await send('changeName', { name: 7 }, 'PATCH')).toBe(400);
  expect(await send('changeEmail', { newEmail: next })).toBe(202);
  expect(await send('confirmEmail', await tokenOf('email-change-confirm', next))).toBe(204);
  expect(await send('undoEmailChange', await tokenOf('email-changed', email))).toBe(204);
  expect(await send('forgotPassword', { email })).toBe(202);
  const reset = await tokenOf('reset-password', email);
  expect(await send('resetPassword', { ...reset, newPassword: OTHER })).toBe(204);
  expect(await send('verifyEmail', reset)).not.toBe(204);
  expect(await send('login', { email, password: OTHER })).toBe(200);
  expect(await send('closeAccount', {}, 'DELETE')).toBe(202);
  expect(await send('restoreAccount', await tokenOf('account-closing', email))).toBe(204);
  expect(await send('login', { email, password: OTHER })).toBe(200);
});
