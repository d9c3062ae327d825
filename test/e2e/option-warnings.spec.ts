import { randomBytes } from 'node:crypto';
import { authOptionWarnings } from '../../src/index.js';
import { startHost } from '../support/host-app.js';

const UNSAFE = {
  jwt: { accessSecret: randomBytes(32).toString('hex'), refreshSecret: 'a'.repeat(40), accessTtl: '7d' },
  sessions: { absoluteTtl: '500d' },
  csrf: { trustedOrigins: ['http://app.example.com'] },
} as const;

it('a host whose options are unsafe reads so in its log, once for each option, without a value', async () => {
  const lines: unknown[] = [];
  const quiet = () => undefined;
  const warn = (line: unknown) => void (/^(?:jwt|csrf|sessions)\./.test(String(line)) && lines.push(line));
  const options = { ...UNSAFE, csrf: { trustedOrigins: [...UNSAFE.csrf.trustedOrigins] } };
  const host = await startHost({ options, logger: { log: quiet, warn, error: quiet } });
  await host.close();
  expect(lines.map((line) => String(line).split(' ')[0]).toSorted()).toEqual([
    'csrf.trustedOrigins',
    'jwt.accessTtl',
    'jwt.refreshSecret',
    'sessions.absoluteTtl',
  ]);
  expect(lines.join()).not.toMatch(/aaaa|app\.example/);
});

it('a host can ask for the warnings itself', () => {
  const { jwt } = UNSAFE;
  expect(authOptionWarnings({ jwt })).toEqual([
    {
      option: 'jwt.refreshSecret',
      message: expect.stringContaining('one repeated character'),
      weakSecret: true,
    },
    { option: 'jwt.accessTtl', message: expect.stringContaining('longer than a day') },
  ]);
  expect(() => authOptionWarnings({ jwt: { ...jwt, accessTtl: '31d' } })).toThrow(
    /jwt.accessTtl must be from 1s to 30d/,
  );
});
