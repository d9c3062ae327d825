import { Test } from '@nestjs/testing';
import { AuthModule } from '../../src/index.js';
import { FakeClock, inMemoryAuth, totpCode } from '../../src/testing/index.js';
import { claimsOf } from '../support/age-session.js';
import { Client, newEmail, PASSWORD } from '../support/client.js';
import { mfaOptions } from '../support/second-factors.js';
import { ExpressAdapter } from '../express/adapter.js';

const clock = new FakeClock();
const started: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((app) => app.close()));
});

it('a login with a second factor can be tested without a database, on a clock that is set', async () => {
  const imports = [AuthModule.forRoot(inMemoryAuth({ clock: clock.now, mfa: mfaOptions() }))];
  const building = Test.createTestingModule({ imports });
  const app = (await building.compile()).createNestApplication(new ExpressAdapter());
  await app.listen(0, '127.0.0.1');
  started.push(app);
  const client = new Client(await app.getUrl());
  const account = { email: newEmail(), password: PASSWORD };
  const { accessToken: token } = (await client.post('/auth/register', account)).body;
  const { id, secret } = (await client.post('/auth/totp', {}, { token })).body;
  const code = () => totpCode(secret, clock.now);
  const confirmed = await client.post(`/auth/totp/${id}/confirm`, { code: code() }, { token });
  expect(confirmed.body.recoveryCodes).toHaveLength(10);
  const { mfaToken } = (await client.post('/auth/login', account)).body;
  expect((await client.post('/auth/login/mfa', { mfaToken, code: code() })).body.error).toBe('INVALID_CODE');
  clock.advance('30s');
  const signedIn = await client.post('/auth/login/mfa', { mfaToken, code: code(), trustDevice: true });
  expect(claimsOf(signedIn.body.accessToken)).toMatchObject({ acr: 'mfa' });
  const cookie = `trusted=${signedIn.cookies.trusted!.value}`;
  expect((await client.post('/auth/login', account, { cookie })).status).toBe(200);
  clock.advance('31d');
  expect((await client.post('/auth/login', account, { cookie })).body.error).toBe('MFA_REQUIRED');
});
