import { EmailVerification } from '../../../src/accounts/email-verification.js';
import { CLIENT, type InMemoryApp, startInMemoryApp } from '../../support/in-memory-app.js';

const DEAD = { code: 'ACTION_TOKEN_INVALID' };

let host: InMemoryApp;
beforeAll(async () => {
  host = await startInMemoryApp();
});
afterAll(() => host?.close());

it('an address is proven by its link, for the account and the address that it was mailed to', async () => {
  const verification = host.app.get(EmailVerification);
  const user = await host.register();
  const data = { name: 'Ada', expiresAt: new Date(Date.now() + 86_400_000).toISOString().slice(0, 9) };
  const mail = host.mailsTo(user.email).at(-1);
  const expiresAt = expect.stringContaining(data.expiresAt);
  const about = { to: user.email, userId: user.id, actionId: expect.any(String) };
  expect(mail).toStrictEqual({ template: 'verify-email', ...about, data: { ...data, expiresAt } });
  const token = await host.tokenOf('verify-email', user.email);
  expect(await verification.isProven(user)).toBe(false);
  await host.users.setDisabled(user.id, true);
  await expect(verification.verify(token)).rejects.toMatchObject(DEAD);
  await host.users.setDisabled(user.id, false);
  await host.users.replaceEmail(user.id, user.email, 'other@example.com');
  await expect(verification.verify(token)).rejects.toMatchObject(DEAD);
  await host.users.replaceEmail(user.id, 'other@example.com', user.email);
  await verification.verify(token, CLIENT);
  expect(await verification.isProven(user)).toBe(true);
  expect(host.eventsOf('email-verified', user.id)).toMatchObject([CLIENT]);
  await expect(verification.verify(token)).rejects.toMatchObject(DEAD);
  const { length } = host.mails;
  await verification.request(user.id);
  expect(host.mails).toHaveLength(length);
});
