import { Controller, Get, UseGuards } from '@nestjs/common';
import { AccountAdmin, JwtAuthGuard, RevocationList, StepUp, TokensService } from '../../src/index.js';
import { ageSession, claimsOf } from '../support/age-session.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';

@UseGuards(JwtAuthGuard)
@Controller('vault')
class VaultController {
  @StepUp()
  @Get()
  open() {
    return { reached: true };
  }
}

const ROUNDS = 20;

let host: Host;
/** What the claims hook adds to each token. */
let extra: Record<string, unknown> = {};
beforeAll(async () => {
  const options = { claims: () => extra, accountProtection: false as const };
  host = await startHost({ adapter: 'fastify', controllers: [VaultController], options });
});
afterAll(() => host.close());
beforeEach(() => (extra = {}));

const refresh = (refreshToken: string) => host.client.post('/auth/refresh', { refreshToken });
const stepUp = (token: string, password = PASSWORD) =>
  host.client.post('/auth/step-up', { password }, { token });
const vault = async (token: string) => (await host.client.get('/vault', { token })).status;
const stale = async (email = newEmail()) => {
  const { body } = await host.client.post('/auth/register', { email, password: PASSWORD });
  await ageSession(host, claimsOf(body.accessToken).sid, 10);
  return { email, user: body.user, ...(await refresh(body.refreshToken)).body };
};
const contextOf = (token: string) => {
  const { acr, amr, auth_time, sid } = claimsOf(token);
  return { acr, amr, auth_time, sid };
};

describe('a stolen session (A246, A251)', () => {
  it('does not pass with its access token, with what a refresh makes of it, or after guesses', async () => {
    const { accessToken, refreshToken } = await stale();
    expect(await vault(accessToken)).toBe(401);
    const { body } = await refresh(refreshToken);
    expect(await vault(body.accessToken)).toBe(401);
    for (const guess of ['a wrong sentence', `${PASSWORD} `, PASSWORD.toUpperCase()])
      expect((await stepUp(body.accessToken, guess)).body.error).toBe('INVALID_CREDENTIALS');
    expect(await vault((await refresh(body.refreshToken)).body.accessToken)).toBe(401);
  });

  it('gains nothing from another account, whose password the thief knows', async () => {
    const [victim, thief] = [await stale(), await stale()];
    const { body } = await stepUp(thief.accessToken);
    expect(claimsOf(body.accessToken)).toMatchObject({
      sub: thief.user.id,
      sid: claimsOf(thief.accessToken).sid,
    });
    const extraFields = {
      password: PASSWORD,
      sessionId: claimsOf(victim.accessToken).sid,
      sub: victim.user.id,
    };
    const answer = await host.client.post('/auth/step-up', extraFields, { token: thief.accessToken });
    expect(claimsOf(answer.body.accessToken).sub).toBe(thief.user.id);
    expect(await vault((await refresh(victim.refreshToken)).body.accessToken)).toBe(401);
  });

  it('has no claims of its own choice, not even by the claims hook', async () => {
    extra = { auth_time: 4e9, acr: 'phr', amr: ['hwk'], session_began: 4e9 };
    const { accessToken, refreshToken } = await stale();
    const { body } = await host.client.post('/auth/refresh', { refreshToken, ...extra });
    for (const token of [accessToken, body.accessToken]) {
      expect(await vault(token)).toBe(401);
      expect(claimsOf(token)).toMatchObject({ acr: 'pwd', amr: ['pwd'] });
      expect(claimsOf(token)).not.toHaveProperty('session_began');
    }
    const raised = claimsOf((await stepUp(body.accessToken)).body.accessToken);
    expect(raised.session_began).toBe(claimsOf(accessToken).auth_time);
  });
});

describe('refreshes', () => {
  it('a hundred of them keep acr, amr and auth_time (A252)', async () => {
    const { accessToken, refreshToken } = await stale();
    const raised = (await stepUp(accessToken)).body;
    for (const start of [refreshToken, raised.refreshToken]) expect(start).toBe(refreshToken);
    let token = refreshToken;
    for (let i = 0; i < 100; i++) {
      const { body } = await refresh(token);
      expect(contextOf(body.accessToken)).toEqual(contextOf(raised.accessToken));
      token = body.refreshToken;
    }
  });

  it('at the time of a step-up neither lose it nor write an older one back', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { accessToken, refreshToken } = await stale();
      const old = contextOf(accessToken);
      const [raised, ...others] = await Promise.all([
        stepUp(accessToken),
        refresh(refreshToken),
        refresh(refreshToken),
        stepUp(accessToken),
      ]);
      expect([raised, ...others].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const { auth_time } = claimsOf(raised.body.accessToken);
      expect(auth_time - old.auth_time).toBeGreaterThanOrEqual(600);
      const later = await refresh(others[0]!.body.refreshToken);
      const after = claimsOf(later.body.accessToken).auth_time;
      expect(after).toBeGreaterThanOrEqual(auth_time);
      expect(await vault(later.body.accessToken)).toBe(200);
      // No refresh claims a time at which nobody authenticated.
      for (const { body } of others) {
        const seen = claimsOf(body.accessToken).auth_time;
        expect(seen === old.auth_time || seen >= auth_time - 1).toBe(true);
      }
    }
  }, 60_000);
});

describe('a session that ends during the step-up', () => {
  it.each(['logout', 'disable'])(
    'leaves no token that works: %s',
    async (way) => {
      for (let round = 0; round < ROUNDS; round++) {
        const { accessToken, refreshToken, user } = await stale();
        const end = () =>
          way === 'logout'
            ? host.client.post('/auth/logout', { refreshToken })
            : host.app.get(AccountAdmin).disable(user.id);
        const [stepped] = await Promise.all([stepUp(accessToken), end()]);
        expect([200, 401]).toContain(stepped.status);
        for (const token of [accessToken, stepped.body.accessToken].filter(Boolean)) {
          expect(await vault(token)).toBe(401);
          expect((await host.client.get('/auth/me', { token })).status).toBe(401);
          expect((await stepUp(token)).status).toBe(401);
        }
        expect((await refresh(refreshToken)).status).toBe(401);
      }
    },
    60_000,
  );

  it('a password that is changed elsewhere ends it, with the old password and with the new one', async () => {
    const { email, accessToken } = await stale();
    const { body } = await host.client.post('/auth/login', { email, password: PASSWORD });
    const newPassword = 'another long sentence of mine';
    const change = { currentPassword: PASSWORD, newPassword };
    const [stepped] = await Promise.all([
      stepUp(accessToken),
      host.client.post('/auth/password', change, { token: body.accessToken }),
    ]);
    for (const token of [accessToken, stepped.body.accessToken].filter(Boolean)) {
      expect(await vault(token)).toBe(401);
      expect((await stepUp(token, newPassword)).status).toBe(401);
    }
  });
});

describe('the end of all sessions', () => {
  it('reaches one that began before, although its user has stepped up since', async () => {
    const { accessToken } = await stale();
    const { body } = await stepUp(accessToken);
    const before = new Date(Date.now() - 120_000);
    // What all instances know at once, before any row has been ended by name.
    await host.app.get(RevocationList).revoke([{ kind: 'all', id: '*', since: before }], 60);
    for (const token of [accessToken, body.accessToken])
      await expect(host.app.get(TokensService).verify(token)).rejects.toMatchObject({
        code: 'TOKEN_REVOKED',
      });
    expect((await refresh(body.refreshToken)).body.error).toBe('TOKEN_REVOKED');
    const fresh = await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    expect(await vault(fresh.body.accessToken)).toBe(200);
  });
});
