import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { mailsTo, RecordedMails, tokenFor } from '../support/recorded-mails.js';

let host: Host;
beforeAll(async () => {
  host = await startHost({
    options: { publicUrl: 'https://auth.example.com', accounts: { verification: 'required' } },
    parts: { accountMails: RecordedMails },
  });
});
afterAll(() => host?.close());

const begin = async () => {
  const email = newEmail();
  const { headers } = await host.client.post('/auth/register', { email, password: PASSWORD });
  const cookie = headers.getSetCookie()[0]!.split(';')[0]!;
  return { email, cookie, token: await tokenFor(host, email, 'confirm-registration') };
};
const confirm = (token: string, headers: Record<string, string>) =>
  host.client.post('/auth/register/confirm', { token }, { headers });

it.each([{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }])(
  'A282: a foreign page %p does not confirm a registration by the cookie of the browser',
  async (page) => {
    const { email, cookie, token } = await begin();
    const answer = await confirm(token, { cookie, ...(page as object) });
    expect(answer).toMatchObject({ status: 403, body: { error: 'CSRF_REJECTED' } });
    expect((await confirm(token, { cookie })).body).toMatchObject({ user: { email } });
    expect(await mailsTo(host, email)).toHaveLength(1);
  },
);

it('A228: the cookie of another registration, or two of them, confirm nothing', async () => {
  const [one, other] = [await begin(), await begin()];
  for (const cookie of [other.cookie, `${one.cookie}; ${other.cookie}`, `${one.cookie}x`, ''])
    expect(await confirm(one.token, { cookie })).toMatchObject({
      status: 401,
      body: { error: 'INVALID_CREDENTIALS' },
    });
  expect((await confirm(one.token, { cookie: one.cookie })).status).toBe(201);
});
