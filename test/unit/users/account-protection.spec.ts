import { InvalidCredentialsError, RateLimitedError } from '../../../src/errors/auth-errors.js';
import { AccountProtection, type Notice } from '../../../src/users/account-protection.js';
import { InMemoryLoginAttempts } from '../../../src/users/in-memory-login-attempts.js';

const ada = { email: 'ada@example.com', userId: 'ada' };
const wrong = () => Promise.reject(new InvalidCredentialsError());
/** As a login does, with the right password. */
const right = async (isOff: boolean) => {
  if (isOff) throw new InvalidCredentialsError();
  return 'in';
};

function setUp(mailConfigured: boolean) {
  let now = Date.now();
  const attempts = new InMemoryLoginAttempts({ freeFailures: 5, maxDelay: 900 }, () => now);
  const protection = new AccountProtection(attempts, { enabled: true, maxFailures: 100, mailConfigured });
  const notices: Notice[] = [];
  const fail = async (times: number) => {
    for (let i = 0; i < times; i++) {
      const told = (notice: Notice) => void notices.push(notice);
      await expect(protection.attempt(ada, wrong, { told })).rejects.toThrow(InvalidCredentialsError);
      now += 900_000;
    }
  };
  return { protection, notices, fail, pass: (ms: number) => (now += ms) };
}

describe('where owners can get a way back by mail', () => {
  it('strangers never turn a password off, and wait as long as they can', async () => {
    const { protection, notices, fail, pass } = setUp(true);
    await fail(150);
    expect(notices.filter(({ type }) => type === 'password-off')).toEqual([]);
    expect(await protection.slowOf([{ id: 'ada', email: ada.email }])).toEqual(new Map());
    await expect(protection.attempt(ada, wrong)).rejects.toThrow(InvalidCredentialsError);
    await expect(protection.attempt(ada, right)).rejects.toMatchObject({ retryAfter: 900 });
    pass(900_000);
    expect(await protection.attempt(ada, right)).toBe('in');
  });

  it('tells of an attack at most once a day', async () => {
    const { notices, fail } = setUp(true);
    await fail(96 * 2); // a failure every 15 minutes, for two days
    expect(notices).toEqual([
      { type: 'password-attacked', failures: 21 },
      { type: 'password-attacked', failures: 117 },
    ]);
  });
});

describe('without mail', () => {
  it('a hundred failures of strangers turn the password off, except on known devices', async () => {
    const { protection, notices, fail } = setUp(false);
    await fail(100);
    expect(notices.filter(({ type }) => type === 'password-off')).toHaveLength(1);
    await expect(protection.attempt(ada, right)).rejects.toThrow(InvalidCredentialsError);
    expect(await protection.attempt(ada, right, { device: 'phone' })).toBe('in');
    expect(await protection.attemptInSession('ada', 's', right)).toBe('in');
    const slow = (await protection.slowOf([{ id: 'ada', email: ada.email }])).get('ada');
    expect(slow).toMatchObject([{ kind: 'strangers', off: true, failures: 101 }]);
  });
});

it('a session has a hundred failures in all, and waits like everyone else', async () => {
  const { protection, pass } = setUp(true);
  const fail = async (times: number) => {
    for (let i = 0; i < times; i++) {
      await expect(protection.attemptInSession('ada', 's', wrong)).rejects.toThrow(InvalidCredentialsError);
      if (i < times - 1) pass(900_000);
    }
  };
  await fail(5);
  await expect(protection.attemptInSession('ada', 's', right)).rejects.toThrow(RateLimitedError);
  pass(900_000);
  await fail(95);
  pass(900_000);
  await expect(protection.attemptInSession('ada', 's', right)).rejects.toThrow(InvalidCredentialsError);
  expect(await protection.attemptInSession('ada', 'another', right)).toBe('in');
});
