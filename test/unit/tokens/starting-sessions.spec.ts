import { randomUUID } from 'node:crypto';
import { keyFromSecret } from '../../../src/keys/signing-key.js';
import { UnavailableError } from '../../../src/errors/auth-errors.js';
import type { StartedSession } from '../../../src/tokens/token-types.js';
import { BEGAN, claimsOf, sessionTokens } from '../../support/session-tokens.js';

const CLIENT = { ip: '192.0.2.7', userAgent: 'a browser', requestId: 'r1' };
const subject = () => ({ id: randomUUID(), roles: [], permissions: [] });
const code = (name: string) => expect.objectContaining({ code: name });

describe('a session that starts', () => {
  it('is listed with where it came from, and says how the user has authenticated', async () => {
    const { tokens } = sessionTokens();
    const ada = subject();
    const at = new Date((BEGAN - 30) * 1_000);
    const started = await tokens.startSession(ada, CLIENT, {}, { acr: 'mfa', amr: ['pwd', 'otp'], at });
    expect(await tokens.sessionsOf(ada.id)).toMatchObject([
      { id: started.sessionId, ip: '192.0.2.7', userAgent: 'a browser' },
    ]);
    expect(claimsOf(started.tokens.accessToken)).toMatchObject({ acr: 'mfa', auth_time: BEGAN - 30 });
    await tokens.issue(subject());
    expect(await tokens.sessionsOf(ada.id)).toHaveLength(1);
  });

  it('ends the one over the limit that was used least recently, with its tokens and an event', async () => {
    const { tokens, time, heard } = sessionTokens({ limits: { maxPerUser: 2 } });
    const ada = subject();
    const started = [];
    for (let i = 0; i < 3; i++, time.ms += 1_000) started.push(await tokens.startSession(ada, CLIENT));
    const [first, ...others] = started as [StartedSession, ...StartedSession[]];
    expect(heard).toMatchObject([
      { type: 'session-ended', reason: 'too-many', userId: ada.id, sessionId: first.sessionId, ...CLIENT },
    ]);
    await expect(tokens.verify(first.tokens.accessToken)).rejects.toEqual(code('TOKEN_REVOKED'));
    for (const { tokens: pair } of others) expect(await tokens.verify(pair.accessToken)).toBeDefined();
  });

  it('over the limit is refused, if that is configured, and says what to do', async () => {
    const { tokens, heard } = sessionTokens({ limits: { maxPerUser: 1, whenFull: 'refuse' } });
    const ada = subject();
    const first = await tokens.issue(ada);
    await expect(tokens.issue(ada)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: 'This account has too many sessions. End one of them first.',
    });
    expect(heard).toEqual([]);
    expect(await tokens.verify(first.accessToken)).toBeDefined();
    expect(await tokens.sessionsOf(ada.id)).toHaveLength(1);
  });
});

describe('the key of access tokens', () => {
  it('that is removed takes its tokens along, also those that were verified before', async () => {
    const { tokens, accessKeys } = sessionTokens();
    const { accessToken } = await tokens.issue(subject());
    await tokens.verify(accessToken);
    accessKeys.find = () => undefined;
    for (let i = 0; i < 2; i++)
      await expect(tokens.verify(accessToken)).rejects.toEqual(code('INVALID_TOKEN'));
    await tokens.revoke(accessToken);
    expect(await tokens.sessionsOf(claimsOf(accessToken).sub as string)).toHaveLength(1);
  });

  it('that cannot be looked for now says nothing about a token: to revoke it is to be tried again', async () => {
    const { tokens, accessKeys } = sessionTokens();
    const { accessToken } = await tokens.issue(subject());
    Object.assign(accessKeys, { find: () => undefined, mayLackKeys: true });
    await expect(tokens.revoke(accessToken)).rejects.toEqual(code('UNAVAILABLE'));
    for (const fault of [
      new TypeError('ours'),
      Object.assign(new Error('of a proxy'), { statusCode: 401 }),
    ]) {
      accessKeys.find = () => {
        throw fault;
      };
      await expect(tokens.revoke(accessToken)).rejects.toBe(fault);
    }
  });

  it('is asked for before each signature, where it may change', async () => {
    const { tokens, accessKeys } = sessionTokens();
    accessKeys.choice.fresh = () => Promise.reject(new UnavailableError());
    const ada = subject();
    await expect(tokens.issue(ada)).rejects.toEqual(code('UNAVAILABLE'));
    accessKeys.choice.fresh = () => undefined;
    await expect(tokens.issue(ada)).resolves.toBeDefined();
  });

  it('proves that what it signs is accepted, long before and after any session', async () => {
    for (const ms of [0, BEGAN * 1_000, 4e12]) {
      const { access, refresh, time } = sessionTokens();
      time.ms = ms;
      await expect(access.prove()).resolves.toBeUndefined();
      await expect(refresh.prove()).resolves.toBeUndefined();
    }
  });

  it('that signs what is not accepted fails that proof', async () => {
    const { access, accessKeys, refresh, refreshKeys } = sessionTokens();
    const message = 'An access token that was signed here is not accepted here.';
    for (const keys of [accessKeys, refreshKeys])
      Object.assign(keys, { find: () => keyFromSecret('z'.repeat(64), 'HS256') });
    await expect(access.prove()).rejects.toThrow(message);
    await expect(refresh.prove()).rejects.toEqual(code('INVALID_REFRESH_TOKEN'));
    const other = sessionTokens();
    Object.assign(other.policy, { maxLifetime: 0 });
    await expect(other.access.prove()).rejects.toThrow(message);
  });
});

it('the time that verifications take is told in seconds, except for those that are remembered', async () => {
  const { tokens } = sessionTokens();
  const seconds: number[] = [];
  tokens.observeVerifications((duration) => void seconds.push(duration));
  const { accessToken } = await tokens.issue(subject());
  for (let i = 0; i < 3; i++) await tokens.verify(accessToken);
  expect(seconds).toHaveLength(1);
  expect(seconds[0]).toBeGreaterThan(0);
  expect(seconds[0]).toBeLessThan(5);
});
