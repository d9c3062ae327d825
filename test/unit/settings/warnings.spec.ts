import { randomBytes } from 'node:crypto';
import { ConfigurationError, readConfiguration } from '../../../src/settings/configuration.js';
import { settingWarnings, warningsOf } from '../../../src/settings/warnings.js';
import { productionSettings } from '../../support/service-process.js';

const { RATE_LIMIT: _, COOKIE_SECURE: __, ...SOUND } = productionSettings('postgres://latchkey@db/latchkey');
const warnings = (settings: Record<string, string>) =>
  warningsOf(readConfiguration({ ...SOUND, ...settings }));
const problems = (settings: Record<string, string>): string[] => {
  try {
    readConfiguration({ ...SOUND, ...settings });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
};
const secret = () => randomBytes(48).toString('base64url');

it('sound settings cause no warning', () => {
  expect(warnings({})).toEqual([]);
});

describe('a warning', () => {
  it.each([
    ['TRUST_PROXY', '0.0.0.0/0'],
    ['TRUST_PROXY', '::/0'],
    ['TRUST_PROXY', '0.0.0.0/1,128.0.0.0/1'],
    ['TRUST_PROXY', '10.0.0.0/8,64.0.0.0/7'],
    ['TRUST_PROXY', '2000::/3'],
    ['TRUST_PROXY', '::ffff:0.0.0.0/96'],
    ['TRUST_PROXY', '::ffff:0:0/100'],
    ['TRUST_PROXY', '::ffff:0:0/104'],
    ['TRUST_PROXY', '::ffff:0:0/90'],
    ['TRUST_PROXY', '0:0::fffe:0:0/90'],
    ['TRUST_PROXY', '::ffff:a00:0/103'],
    ['TRUST_PROXY', '::/16'],
    ['TRUST_PROXY', '::/80'],
    ['TRUST_PROXY', '::/96'],
    ['TRUST_PROXY', '64:ff9b::/96'],
    ['TRUST_PROXY', '64:ff9b::/40'],
    ['TRUST_PROXY', '2002::/16'],
    ['TRUST_PROXY', 'fc00::/6'],
    ['TRUST_PROXY', '0.0.0.0/8'],
    ['TRUST_PROXY', '52.0.0.0/8'],
    ['TRUST_PROXY', '10.0.0.0/7'],
    ['JWT_ACCESS_TTL', '25h'],
    ['JWT_ACCESS_TTL', '30d'],
    ['JWT_REFRESH_TTL', '366d'],
    ['SESSION_ABSOLUTE_TTL', '3650d'],
    ['CORS_ORIGINS', 'https://app.example.com,http://app.example.com'],
    ['RATE_LIMIT', 'off'],
    ['COOKIE_SECURE', 'false'],
    ['DOCS', 'on'],
    ['METRICS_TOKEN', 'k8Zr2mPq7Lw4Xc9vB'],
  ])('names %s=%s and no value', (name, value) => {
    const found = warnings({ [name]: value });
    expect(found).toEqual([expect.stringMatching(`^${name} `)]);
    expect(found.join().includes(value)).toBe(/^(?:on|off|false)$/.test(value));
  });

  it.each([
    ['TRUST_PROXY', '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/16,2001:db8::/32,::ffff:10.0.0.0/104'],
    ['TRUST_PROXY', 'fc00::/7,fd00::/8,127.0.0.0/8,::1/128,127.0.0.1/32,::ffff:a00:0/104,2001:db8::/17'],
    ['JWT_ACCESS_TTL', '24h'],
    ['JWT_REFRESH_TTL', '365d'],
    [
      'CORS_ORIGINS',
      'https://app.example.com,http://localhost:3000,http://127.0.0.1,http://[::1]:80'.replace(':80', ':81'),
    ],
  ])('is not caused by %s=%s', (name, value) => {
    expect(warnings({ [name]: value })).toEqual([]);
  });

  it('is not repeated by the service where the module logs it', () => {
    expect(settingWarnings(readConfiguration({ ...SOUND, JWT_ACCESS_TTL: '30d' }))).toEqual([]);
  });
});

describe('outside development, the service refuses', () => {
  const HS = { JWT_ALGORITHM: 'HS256', JWT_ACCESS_PRIVATE_KEY: '', JWT_ACCESS_SECRET: secret() };
  const WEBHOOK = { ALERT_WEBHOOK_URL: 'https://hooks.example.com/x' };
  const RING = { JWT_ACCESS_PRIVATE_KEY: '' };

  it.each<[string, Record<string, string>]>([
    ['JWT_ACCESS_SECRET', HS],
    ['JWT_REFRESH_SECRET', {}],
    ['KEY_ENCRYPTION_SECRET', RING],
    ['PASSWORD_PEPPER', {}],
    ['ALERT_WEBHOOK_SECRET', WEBHOOK],
    ['METRICS_TOKEN', {}],
  ])('a %s that can be guessed, alone or among others', (name, others) => {
    const weak = [
      'a'.repeat(40),
      'change-me-change-me-change-me-change-me',
      'secret12345678901234567890123456789',
    ];
    for (const value of weak.flatMap((each) => [each, `${secret()},${each}`])) {
      const found = problems({ ...others, [name]: value });
      expect(found).toEqual([
        expect.stringMatching(`^${name} is (?:one repeated character|a placeholder): generate`),
      ]);
    }
  });

  it('a metrics token of less than 16 characters', () => {
    for (const token of ['1', 'hunter2', 'k8Zr2mPq7Lw4Xc9'])
      expect(problems({ METRICS_TOKEN: token })).toEqual([
        expect.stringMatching(/^METRICS_TOKEN is short enough/),
      ]);
  });

  it('an access token that lives longer than 30 days', () => {
    expect(problems({ JWT_ACCESS_TTL: '365d' })).toEqual([
      expect.stringMatching(/^JWT_ACCESS_TTL must be from 1s to 30d/),
    ]);
  });

  it('all of them at once', () => {
    const found = problems({
      JWT_REFRESH_SECRET: 'b'.repeat(40),
      PASSWORD_PEPPER: 'c'.repeat(40),
      METRICS_TOKEN: '1',
    });
    expect(found.map((line) => line.split(' ')[0]).toSorted()).toEqual([
      'JWT_REFRESH_SECRET',
      'METRICS_TOKEN',
      'PASSWORD_PEPPER',
    ]);
  });
});

it('in development, a secret that can be guessed is only a warning', () => {
  const settings = { NODE_ENV: 'development', JWT_REFRESH_SECRET: 'a'.repeat(40), METRICS_TOKEN: '1' };
  expect(problems(settings)).toEqual([]);
  expect(warnings(settings)).toEqual([
    expect.stringMatching(/^JWT_REFRESH_SECRET is one repeated character/),
  ]);
});
