import { until } from '../support/until.js';
import { Follower } from './support/follower.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { count } from './support/report.js';
import { newAccount, productionSettings, type ServiceProcess, startBuilt } from './support/service.js';
import { startTcpProxy, type TcpProxy } from './support/tcp-proxy.js';

const STALENESS_S = 6;

describe('the network to PostgreSQL goes silent', () => {
  let postgres: OwnPostgres;
  let network: TcpProxy;
  let service: ServiceProcess;
  let email: string;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    network = await startTcpProxy(postgres.port);
    const url = new URL(postgres.url);
    url.port = String(network.port);
    service = await startBuilt({
      ...productionSettings(url.href),
      REFRESH_LEEWAY: '60s',
      REVOCATION_MAX_STALENESS: `${STALENESS_S}s`,
    });
    email = await newAccount(service);
  });
  afterAll(async () => {
    await service?.end('SIGKILL');
    await network?.close();
    await postgres?.close();
  });

  const timed = async <T>(call: () => Promise<T>) => {
    const began = performance.now();
    const result = await call();
    return { result, ms: performance.now() - began };
  };

  it.each([1, 2])('fails fast, still guards for a while, then fails closed, then recovers: %s', async () => {
    const sessions = await Promise.all(
      Array.from({ length: 8 }, () => Follower.login(() => service.client, email)),
    );
    // Enough connections that each of them could be stuck.
    await Promise.all(sessions.map((session) => session.refreshForSure()));
    const { accessToken: token } = sessions[0]!;
    const guarded = () => service.client.get('/api/protected', { token });

    const began = performance.now();
    network.goSilent();
    count('networks gone silent');
    for (const session of sessions) {
      const { result, ms } = await timed(() => session.refresh());
      expect(result).toBe(false);
      expect(ms).toBeLessThan(2_000);
      if (performance.now() - began > (STALENESS_S - 3) * 1_000) break;
    }
    const kept = await timed(guarded);
    expect(kept.result.status).toBe(200);
    expect(kept.ms).toBeLessThan(2_000);

    await until(() => performance.now() > began + STALENESS_S * 1_000 + 500);
    const closed = await timed(guarded);
    expect(closed.result.status).toBe(503);
    expect(closed.result.body.error).toBe('UNAVAILABLE');
    expect(closed.ms).toBeLessThan(2_000);

    network.heal();
    const back = await timed(() => until(async () => (await guarded()).status === 200));
    expect(back.ms).toBeLessThan(5_000);
    const recovery = await timed(() => Promise.all(sessions.map((session) => session.refreshForSure())));
    expect(recovery.ms).toBeLessThan(5_000);
    // No connection from before may be left in the pool, where it would fail a request later.
    for (let i = 0; i < 60; i++) expect((await service.client.get('/health/ready')).status).toBe(200);
    for (const session of sessions) expect(session.broken({ leewayMs: 60_000, boundMs: 2_000 })).toEqual([]);
  });
});
