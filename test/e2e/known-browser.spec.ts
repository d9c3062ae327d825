import { randomBytes } from 'node:crypto';
import { BcryptPasswordHasher } from '../../src/index.js';
import type { Applicant } from '../../src/users/password-hasher.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';

const COOKIES = { 'x-auth-transport': 'cookie' };
const DAY_MS = 86_400_000;
const secret = () => randomBytes(48).toString('base64url');

const running: Host[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((host) => host.close()));
});

/** A host that tells for whom passwords are verified. */
async function start(refreshSecret: string | string[] = secret(), databaseUrl?: string) {
  const applicants: (Applicant | undefined)[] = [];
  class Hasher extends BcryptPasswordHasher {
    constructor() {
      super({ cost: 4 });
    }
    override verify(password: string, hash: string, applicant?: Applicant): Promise<boolean> {
      applicants.push(applicant);
      return super.verify(password, hash, applicant);
    }
  }
  const options = { accountProtection: {}, jwt: { accessSecret: secret(), refreshSecret } };
  const host = await startHost({ databaseUrl, options, parts: { passwordHasher: Hasher } });
  running.push(host);
  const register = async (headers: Record<string, string> = COOKIES) => {
    const account = { email: newEmail(), password: PASSWORD };
    const { cookies, body } = await host.client.post('/auth/register', account, { headers });
    return { ...account, id: body.user.id as string, device: cookies.device?.value };
  };
  const priority = async (account: { email: string; password: string }, device?: string) => {
    const cookie = device === undefined ? undefined : `device=${device}`;
    const headers = { ...COOKIES, ...(cookie && { cookie }) };
    await host.client.post('/auth/login', account, { headers });
    return applicants.at(-1)!.priority;
  };
  return { host, register, priority, applicants };
}

describe('a browser that has logged in before', () => {
  it('is recognized by a cookie of 180 days, which is not a token and survives the logout', async () => {
    const { host, register } = await start();
    const { email, password } = await register();
    const answer = await host.client.post('/auth/login', { email, password }, { headers: COOKIES });
    const line = answer.headers.getSetCookie().find((each) => each.startsWith('device='));
    expect(line).toMatch(
      /^device=\d+\.[\w-]{22}\.[\w-]{43}; Max-Age=15552000; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const cookie = answer.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    const out = await host.client.post('/auth/logout', {}, { headers: { ...COOKIES, cookie } });
    expect(out.headers.getSetCookie().map((each) => each.split('=')[0])).toEqual(['access', 'refresh']);
    const only = await host.client.get('/auth/me', { headers: { cookie: line!.split(';')[0]! } });
    expect(only.body.error).toBe('TOKEN_MISSING');
  });

  it('gets no such cookie with tokens in the body or after a failed login', async () => {
    const { host, register } = await start();
    const account = await register({});
    expect(account.device).toBeUndefined();
    const failed = { ...account, password: 'not the sentence of anyone' };
    const answer = await host.client.post('/auth/login', failed, { headers: COOKIES });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('has priority for its own account only', async () => {
    const { register, priority, applicants } = await start();
    const [ada, eve] = [await register(), await register()];
    expect(await priority(ada, ada.device)).toBe('high');
    expect(applicants.at(-1)!.source).toBe(`user ${ada.id}`);
    expect(await priority(ada, eve.device)).toBe('normal');
    expect(await priority(ada)).toBe('normal');
    expect(await priority({ ...ada, email: newEmail() }, ada.device)).toBe('normal');
  });

  it.each([
    ['changed', (device: string) => device.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))],
    ['with a later expiry', (device: string) => device.replace(/^\d/, '9')],
    ['sent twice', (device: string) => `${device}; device=${device}`],
    ['cut off', (device: string) => device.slice(0, -1)],
    ['empty', () => ''],
    ['too long', (device: string) => device + 'x'.repeat(10_000)],
  ])('is not recognized by a cookie that is %s', async (_, change) => {
    const { register, priority } = await start();
    const ada = await register();
    expect(await priority(ada, change(ada.device!))).toBe('normal');
  });

  it('is not recognized after 180 days', async () => {
    const { host, register, priority } = await start();
    const ada = await register();
    host.clock.offset = 181 * DAY_MS;
    expect(await priority(ada, ada.device)).toBe('normal');
  });

  it('is recognized after a change of the secret as long as the old one is listed', async () => {
    const [old, next] = [secret(), secret()];
    const before = await start(old);
    const ada = await before.register();
    const url = (before.host.database.options as { url: string }).url;
    const both = await start([next, old], url);
    expect(await both.priority(ada, ada.device)).toBe('high');
    const after = await start(next, url);
    expect(await after.priority(ada, ada.device)).toBe('normal');
    running.reverse(); // the owner of the database closes last
  });
});

it('an account with recent failures has low priority, whether it exists or not', async () => {
  const { register, priority } = await start();
  const ada = await register();
  for (const account of [ada, { email: newEmail(), password: PASSWORD }]) {
    const wrong = { ...account, password: 'not the sentence of anyone' };
    expect(await priority(wrong)).toBe('normal');
    expect(await priority(wrong)).toBe('low');
  }
  expect(await priority(ada, ada.device)).toBe('high');
});
