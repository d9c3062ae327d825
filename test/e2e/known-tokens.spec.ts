import { type RevocableToken, type Revocation, RevocationList, TokensService } from '../../src/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';

/** Answers as a remote list would: with a promise, or not at all. */
class RemoteRevocations implements RevocationList {
  private readonly sessions = new Set<string>();
  away = false;

  async revoke(revocations: readonly Revocation[]): Promise<void> {
    for (const { id } of revocations) this.sessions.add(id);
  }

  async isRevoked({ sid }: RevocableToken): Promise<boolean> {
    if (this.away) throw new Error('cannot tell');
    return this.sessions.has(sid);
  }
}

const register = async ({ client }: Host) =>
  (await client.post('/auth/register', { email: newEmail(), password: PASSWORD })).body;

describe('an access token that was verified before', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost();
  });
  afterAll(() => host.close());

  const known = async () => {
    const tokens = host.app.get(TokensService);
    const { accessToken, refreshToken } = await register(host);
    await tokens.verify(accessToken);
    return { tokens, accessToken, refreshToken };
  };

  it('is answered synchronously, and only then', async () => {
    const { tokens, accessToken } = await known();
    expect(tokens.verifyAtOnce(accessToken)).toMatchObject({ type: 'access' });
    expect(tokens.verifyAtOnce(accessToken, 'strict')).toBeInstanceOf(Promise);
    await expect(tokens.verifyAtOnce(`${accessToken}A`)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
  });

  it('is refused from the moment its session ends', async () => {
    const { tokens, accessToken, refreshToken } = await known();
    await tokens.revoke(refreshToken);
    expect(() => tokens.verifyAtOnce(accessToken)).toThrow(
      expect.objectContaining({ code: 'TOKEN_REVOKED' }),
    );
    await expect(tokens.verify(accessToken)).rejects.toMatchObject({ code: 'TOKEN_REVOKED' });
    expect((await host.client.get('/orders', { token: accessToken })).body.error).toBe('TOKEN_REVOKED');
  });

  it('is refused from the moment it expires', async () => {
    const { tokens, accessToken } = await known();
    host.clock.offset = 16 * 60_000;
    try {
      await expect(tokens.verifyAtOnce(accessToken)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
      expect((await host.client.get('/orders', { token: accessToken })).body.error).toBe('TOKEN_EXPIRED');
    } finally {
      host.clock.offset = 0;
    }
  });
});

describe('a revocation list that answers with a promise', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost({ parts: { revocationList: RemoteRevocations } });
  });
  afterAll(() => host.close());

  it('is awaited on every request, and the request is refused when it cannot answer', async () => {
    const { accessToken: token, refreshToken } = await register(host);
    const list = host.app.get<RemoteRevocations>(RevocationList);
    const statusNow = async () => (await host.client.get('/orders', { token })).status;
    expect([await statusNow(), await statusNow()]).toEqual([200, 200]);
    list.away = true;
    expect(await statusNow()).toBe(500);
    list.away = false;
    await host.client.post('/auth/logout', { refreshToken });
    expect(await statusNow()).toBe(401);
  });
});
