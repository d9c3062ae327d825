import { Controller, Get, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import {
  AccountAdmin,
  RevocationCheck,
  StrictSession,
  JwtAuthGuard,
  TokensService,
} from '../../src/index.js';
import { cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';

@Controller('notes')
@UseGuards(JwtAuthGuard)
class NotesController {
  @Get()
  list() {
    return [];
  }

  @StrictSession()
  @Get('strict')
  strict() {
    return [];
  }

  @RevocationCheck('stateless')
  @Get('stateless')
  stateless() {
    return [];
  }
}

@Controller('by-name')
@UseGuards(AuthGuard('latchkey-access'))
class ByNameController {
  @Get()
  reached() {
    return [];
  }
}

describe.each<AdapterName>(['express', 'fastify'])(
  'a token that has expired and was revoked, on %s',
  (adapter) => {
    let host: Host;

    beforeEach(async () => {
      host = await startHost({
        adapter,
        options: { cookies: { secure: false, silentRefresh: true } },
        controllers: [NotesController, ByNameController],
      });
    });
    afterEach(() => host?.close());

    const logIn = async (headers: Record<string, string> = {}) => {
      const answer = await host.client.post(
        '/auth/register',
        { email: newEmail(), password: PASSWORD },
        { headers },
      );
      const token: string = answer.body.accessToken ?? answer.cookies.access!.value;
      const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
      return { answer, token, claims, tokens: host.app.get(TokensService) };
    };
    const expire = () => void (host.clock.offset = 16 * 60_000);

    const ENDINGS: Record<string, (host: Host, sid: string, userId: string) => Promise<unknown>> = {
      'its session was ended': ({ app }, sid) => app.get(TokensService).revokeSession(sid),
      'all sessions were ended': ({ app }, _, userId) => app.get(TokensService).revokeUserSessions(userId),
      'its user was disabled': ({ app }, _, userId) => app.get(AccountAdmin).disable(userId),
    };

    it.each(Object.keys(ENDINGS))('is TOKEN_REVOKED everywhere when %s', async (ending) => {
      const { token, claims, tokens } = await logIn();
      // So that the guard knows the token before it expires.
      expect((await host.client.get('/notes', { token })).status).toBe(200);
      await ENDINGS[ending]!(host, claims.sid, claims.sub);
      expire();
      expect((await host.client.get('/by-name', { token })).status).toBe(401);
      for (const path of ['/notes', '/notes/strict', '/auth/me', '/notes'])
        expect(await host.client.get(path, { token })).toMatchObject({
          status: 401,
          body: { error: 'TOKEN_REVOKED' },
        });
      await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'TOKEN_REVOKED' });
      await expect(tokens.verify(token, 'stateless')).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
      expect(await host.client.get('/notes/stateless', { token })).toMatchObject({
        body: { error: 'TOKEN_EXPIRED' },
      });
    });

    it('is TOKEN_EXPIRED when nothing else is wrong with it', async () => {
      const { token } = await logIn();
      expire();
      for (const path of ['/notes', '/notes/strict', '/auth/me'])
        expect(await host.client.get(path, { token })).toMatchObject({
          status: 401,
          body: { error: 'TOKEN_EXPIRED' },
        });
    });

    it('ends a logout as before', async () => {
      const { token, claims, tokens } = await logIn();
      await tokens.revokeSession(claims.sid);
      expire();
      expect((await host.client.post('/auth/logout', undefined, { token })).status).toBe(204);
    });

    it('clears the cookies when silent refresh finds that the session has ended', async () => {
      const { answer, claims, tokens } = await logIn({ 'x-auth-transport': 'cookie' });
      await tokens.revokeSession(claims.sid);
      for (const offset of [0, 16 * 60_000]) {
        host.clock.offset = offset;
        const refused = await host.client.get('/notes', { cookie: cookieHeader(answer) });
        expect(refused).toMatchObject({ status: 401, body: { error: 'TOKEN_REVOKED' } });
        expect(Object.values(refused.cookies).map(({ value }) => value)).toEqual(['', '']);
      }
    });

    it('a token that was revoked by itself does not say that its session has ended, and a refresh cures it', async () => {
      const { answer, token, claims, tokens } = await logIn();
      await tokens.revokeAccessToken(claims.jti);
      for (const offset of [0, 16 * 60_000]) {
        host.clock.offset = offset;
        for (const path of ['/notes', '/notes/strict']) {
          const { body } = await host.client.get(path, { token });
          expect(body).toMatchObject({ error: 'TOKEN_REVOKED' });
          expect(body.message).toBe('This access token has been revoked: refresh it at POST /auth/refresh.');
        }
      }
      host.clock.offset = 0;
      const { refreshToken } = answer.body;
      const renewed = await host.client.post('/auth/refresh', { refreshToken });
      expect((await host.client.get('/notes', { token: renewed.body.accessToken })).status).toBe(200);
      await tokens.revokeSession(claims.sid);
      expect((await host.client.get('/notes', { token })).body.message).toBe(
        'The session has ended: log in again.',
      );
    });
  },
);
