import { checkAuthOptions } from '../../../src/index.js';
import { AuthOptionsError } from '../../../src/options/options-error.js';

const jwt = {
  algorithm: 'HS256',
  accessSecret: 'k4Jw'.repeat(3) + 'pQ9zV7mX2cB8nL5t',
  refreshSecret: 'x',
} as const;

function problemsOf(redis: unknown): string[] {
  try {
    checkAuthOptions({ jwt, redis } as never);
  } catch (error) {
    if (!(error instanceof AuthOptionsError)) throw error;
    return error.problems
      .filter(({ option }) => option.startsWith('redis'))
      .map(({ option, message }) => `${option} ${message}`);
  }
  return [];
}

describe('the address of Redis', () => {
  it.each([
    'redis-sentinel://one:26379/mymaster',
    'redis+sentinel://one:26379',
    'rediss-cluster://one',
    'redis+cluster://one',
    'redis://one:6379,two:6379',
    'rediss://user:canary@one,two/0',
  ])('%s is refused with a sentence that says what to use', (url) => {
    const [problem, ...others] = problemsOf({ url });
    expect(problem).toMatch(/^redis\.url must be the address of one server: Sentinel and Cluster/);
    expect(problem).not.toContain('canary');
    expect(others).toEqual([]);
  });

  it.each([
    'redis://one',
    'rediss://user:p%2Cw@one:6380/2',
    'redis://[::1]:6379',
    'redis://cluster.example.com',
  ])('%s is accepted', (url) => expect(problemsOf({ url })).toEqual([]));
});

describe('the authorities to trust', () => {
  const pem = `-----BEGIN CERTIFICATE-----
MIIBiTCCAS+gAwIBAgIUBdn82LDl01QKmr5sfL4SMetsU64wCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYxMTI4MTE1MjAxWhgPMjEy
NjExMDQxMTUyMDFaMBkxFzAVBgNVBAMMDlRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEmqhZN01aUciNB50AHNj8K5nzovhm6Y57jhIri1ja
ofEpg76yNkQOGKCQJUHN4OV3URFoK3h5mHKx5bAB2qGaHqNTMFEwHQYDVR0OBBYE
FLpxL986PrhDzvrVKNC1mB3mOrTAMB8GA1UdIwQYMBaAFLpxL986PrhDzvrVKNC1
mB3mOrTAMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgHwaGDGEY
sDKXxaJgGX+cEm6zOQlLUyDyQ2X4FofqwzICIQDAVIIqhkuKNDBEHb2p0QZ3U66R
99ruti+N67ZP9NvRKQ==
-----END CERTIFICATE-----`;

  it('are one or several certificates', () => {
    for (const tlsCa of [pem, [pem], [pem, `${pem}\n${pem}`], []])
      expect(problemsOf({ url: 'rediss://one', tlsCa })).toEqual([]);
    for (const tlsCa of ['', 'no certificate', [pem, ''], 7, {}])
      expect(problemsOf({ url: 'rediss://one', tlsCa })).toEqual(['redis.tlsCa must be certificates in PEM']);
  });

  it('do nothing without TLS, so they are refused', () => {
    expect(problemsOf({ url: 'redis://one', tlsCa: pem })).toEqual([
      'redis.tlsCa requires redis.url to begin with rediss://',
    ]);
  });
});
