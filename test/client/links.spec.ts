import { accountOf, linksOf } from '../../src/client/account.js';
import { createLatchkeyClient } from '../../src/client/latchkey-client.js';

const USER = { id: 'u1', email: 'ada@example.com', name: null, roles: [], permissions: [], createdAt: '' };

function clientOf(status: number, body?: unknown) {
  const asked: [path: string, body: unknown][] = [];
  const client = createLatchkeyClient({
    baseUrl: `https://${crypto.randomUUID()}.example.com`,
    transport: 'body',
    fetch: async (to, init) => {
      asked.push([
        new URL(to instanceof Request ? to.url : String(to), 'https://auth.example.com').pathname,
        JSON.parse(String(init?.body ?? 'null')),
      ]);
      return new Response(body === undefined ? null : JSON.stringify(body), { status });
    },
  });
  return { client, asked };
}

it('the confirmation of a registration signs in', async () => {
  const answer = { accessToken: 'a', refreshToken: 'r', expiresIn: 900, user: USER };
  const { client, asked } = clientOf(201, answer);
  const confirmed = await client.confirmRegistration({ token: 'lk_x', password: 'p' });
  expect(confirmed).toEqual({ outcome: 'signed-in', ...USER });
  expect(asked).toEqual([['/auth/register/confirm', { token: 'lk_x', password: 'p' }]]);
  expect(await client.getUser()).toEqual(USER);
  client.close();
});

it('what a mail completes is done once the service has accepted it', async () => {
  const { client, asked } = clientOf(202);
  await linksOf(client).forgotPassword(USER.email);
  await accountOf(client).changeEmail('new@example.com');
  await accountOf(client).resendVerification();
  expect(asked.map(([path]) => path)).toEqual([
    '/auth/password/forgot',
    '/auth/email',
    '/auth/email/verification',
  ]);
  client.close();
});
