import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';

describe('parallel password changes', () => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost();
  });
  afterAll(() => host.close());

  it('one wins and keeps its session, and all other sessions end; the losers end nothing', async () => {
    for (let round = 0; round < 5; round++) {
      const account = { email: newEmail(), password: PASSWORD };
      const sessions = [(await host.client.post('/auth/register', account)).body];
      for (let i = 0; i < 3; i++) sessions.push((await host.client.post('/auth/login', account)).body);

      const changes = await Promise.all(
        sessions.map(({ accessToken }, i) =>
          host.client.post(
            '/auth/password',
            { currentPassword: PASSWORD, newPassword: `another long password ${i}` },
            { token: accessToken },
          ),
        ),
      );
      const winner = changes.findIndex(({ status }) => status === 204);
      expect(changes.map(({ status }) => status).filter((status) => status === 204)).toHaveLength(1);
      const refreshed = await Promise.all(
        sessions.map(({ refreshToken }) => host.client.post('/auth/refresh', { refreshToken })),
      );
      expect(refreshed.map(({ status }) => status)).toEqual(
        sessions.map((_, i) => (i === winner ? 200 : 401)),
      );
      const login = await host.client.post('/auth/login', {
        ...account,
        password: `another long password ${winner}`,
      });
      expect(login.status).toBe(200);
    }
  });
});
