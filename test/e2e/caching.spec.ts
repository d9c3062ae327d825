import { Controller, Get } from '@nestjs/common';
import { AuthController, Public } from '../../src/index.js';
import { type Answer, newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, startHost } from '../support/host-app.js';

/** What a host may do: add endpoints next to ours. */
@Controller('auth')
class ExtendedController extends AuthController {
  @Public()
  @Get('motto')
  motto() {
    return { motto: 'know thyself' };
  }
}

describe.each<AdapterName>(['express', 'fastify'])(
  "no cache stores the module's answers, on %s",
  (adapter) => {
    let host: Host;
    beforeAll(async () => {
      host = await startHost({ adapter });
    });
    afterAll(() => host.close());

    const register = async () =>
      (await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD })).body;
    const expectNotKept = ({ status, headers }: Answer, wanted: number) =>
      expect([status, headers.get('cache-control')]).toEqual([wanted, 'no-store']);

    it.each<[string, string, number]>([
      ['GET', '/auth/me', 200],
      ['GET', '/auth/sessions', 200],
      ['GET', '/auth/events', 200],
      ['DELETE', '/auth/sessions', 204],
      ['DELETE', '/auth/sessions/3f0e8f3e-0f7c-4a53-9b0a-2f1f6d2a9d10', 404],
      ['POST', '/auth/logout', 204],
      ['POST', '/auth/logout-all', 204],
      ['POST', '/oauth/introspect', 401],
    ])('%s %s: %d', async (method, path, status) => {
      const { accessToken } = await register();
      expectNotKept(await host.client.call(path, { method, token: accessToken }), status);
    });

    it('a refresh, successful or not', async () => {
      const { refreshToken } = await register();
      expectNotKept(await host.client.post('/auth/refresh', { refreshToken }), 200);
      expectNotKept(await host.client.post('/auth/refresh', { refreshToken: 'x' }), 401);
    });

    it('a controller of the host that extends ours', async () => {
      const extended = await startHost({ adapter, parts: { controllers: [ExtendedController] } });
      expectNotKept(await extended.client.get('/auth/motto'), 200);
      await extended.close();
    });
  },
);
