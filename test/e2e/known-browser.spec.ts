import { type AuthModuleOptions, BcryptPasswordHasher } from '../../src/index.js';
import type { Applicant } from '../../src/users/password-hasher.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { RecordedMails, tokenFor } from '../support/recorded-mails.js';

const COOKIES = { 'x-auth-transport': 'cookie' };

const running: Host[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((host) => host.close()));
});

/** A host that tells for whom passwords are verified. */
async function start(more: Partial<AuthModuleOptions> = {}) {
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
  const options = { accountProtection: {}, ...more } satisfies Partial<AuthModuleOptions>;
  const mails = more.accounts && { accountMails: RecordedMails };
  const host = await startHost({ options, parts: { passwordHasher: Hasher, ...mails } });
  running.push(host);
  const register = async (headers: Record<string, string> = COOKIES) => {
    const account = { email: newEmail(), password: PASSWORD };
    const { cookies, body } = await host.client.post('/auth/register', account, { headers });
    return { ...account, id: body.user.id as string, cookie: cookies.device?.value };
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
  it('has priority for its own account only, by its device cookie', async () => {
    const { register, priority, applicants } = await start();
    const [ada, eve] = [await register(), await register()];
    expect(await priority(ada, ada.cookie)).toBe('high');
    expect(applicants.at(-1)!.source).toBe(`user ${ada.id}`);
    expect(await priority(ada, eve.cookie)).toBe('normal');
    expect(await priority(ada)).toBe('normal');
    expect(await priority({ ...ada, email: newEmail() }, ada.cookie)).toBe('normal');
  });

  it('has it for 180 days, whether or not its session has expired or ended', async () => {
    const { host, register, priority } = await start();
    const ada = await register();
    await host.client.post('/auth/logout', {}, { headers: { cookie: `device=${ada.cookie}` } });
    host.clock.offset = 179 * 86_400_000;
    expect(await priority(ada, ada.cookie)).toBe('high');
    host.clock.offset = 181 * 86_400_000;
    expect(await priority(ada, ada.cookie)).toBe('normal');
  });

  it.each([
    ['changed', (proof: string) => proof.replace(/.{3}$/, 'AAA')],
    ['sent twice', (proof: string) => `${proof}; device=${proof}`],
    ['cut off', (proof: string) => proof.slice(0, -1)],
    ['empty', () => ''],
    ['none', () => 'x'.repeat(5_000)],
  ])('is not recognized by a cookie that is %s', async (_, change) => {
    const { register, priority } = await start();
    const ada = await register();
    expect(await priority(ada, change(ada.cookie!))).toBe('normal');
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
  expect(await priority(ada, ada.cookie)).toBe('high');
});

it('whoever confirms a registration in another browser has low priority, even with the right password', async () => {
  const publicUrl = 'https://auth.example.com';
  const { host, applicants } = await start({ publicUrl, accounts: { verification: 'required' } });
  const email = newEmail();
  await host.client.post('/auth/register', { email, password: PASSWORD });
  const token = await tokenFor(host, email, 'confirm-registration');
  const confirm = (password: string) => host.client.post('/auth/register/confirm', { token, password });
  for (const [password, status] of [
    ['not the sentence of anyone', 401],
    [PASSWORD, 201],
  ] as const) {
    expect((await confirm(password)).status).toBe(status);
    expect(applicants.at(-1)!.priority).toBe('low');
  }
});
