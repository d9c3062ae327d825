import { runCli } from '../support/cli.js';
import { logLines } from '../support/logs.js';
import {
  describeWithStandby,
  type ReplicatedPostgres,
  startReplicatedPostgres,
} from '../support/replicated-postgres.js';
import { until } from '../support/until.js';
import { Follower } from './support/follower.js';
import { count } from './support/report.js';
import { newAccount, productionSettings, type ServiceProcess, startBuilt } from './support/service.js';

const READY_WITHIN_MS = 2_000;
const promises = { leewayMs: 10_000, boundMs: 2_000 };

describeWithStandby.each(['asynchronous', 'synchronous'] as const)(
  'a standby (%s) is promoted under load',
  (how) => {
    let cluster: ReplicatedPostgres;
    let instances: ServiceProcess[] = [];
    let onStandby: ServiceProcess | undefined;
    let loggedOut: Follower[] = [];
    let loaded: Follower[] = [];
    let readyAfter = Infinity;

    beforeAll(async () => {
      cluster = await startReplicatedPostgres(how);
    });
    afterAll(async () => {
      await Promise.all([...instances, onStandby].map((instance) => instance?.end('SIGKILL')));
      await cluster?.close();
    });

    const one = (n: number) => () => instances[n % 2]!.client;
    const statusesOf = (service: ServiceProcess) =>
      service.client.get('/health/ready').then(({ status }) => status);

    it('two instances with the URL of both servers use the primary', async () => {
      const settings = productionSettings(cluster.url);
      instances = [await startBuilt(settings), await startBuilt(settings)];
      for (const instance of instances) expect(await statusesOf(instance)).toBe(200);
      const email = await newAccount(instances[0]!);
      loaded = await Promise.all(Array.from({ length: 6 }, (_, n) => Follower.login(one(n), email)));
      loggedOut = await Promise.all(Array.from({ length: 6 }, (_, n) => Follower.login(one(n), email)));
    });

    it('an instance on the standby alone is not ready, and doctor and the log say why', async () => {
      const settings = productionSettings(cluster.standby);
      onStandby = await startBuilt(settings);
      expect(await statusesOf(onStandby)).toBe(503);
      // Standard output is another way than the answer, and not always the faster one.
      await until(() => logLines(onStandby!).some(({ msg }) => msg === 'The database is read-only.'));
      const { code, stdout } = await runCli(['doctor', '--json'], settings);
      expect(code).toBe(1);
      expect(JSON.parse(stdout).findings).toContainEqual({
        check: 'server',
        state: 'problem',
        message: expect.stringContaining('is read-only, perhaps a standby'),
      });
    });

    it(`the standby is used at most ${READY_WITHIN_MS / 1000} s after its promotion`, async () => {
      const run = { finished: false };
      const loads = loaded.map(async (follower) => {
        while (!run.finished) await follower.refreshForSure();
      });
      if (how === 'asynchronous') await cluster.cutReplication();
      for (const session of loggedOut) await session.logoutForSure();
      for (const session of loggedOut)
        for (const instance of instances)
          await until(async () => {
            const { accessToken: token } = session;
            return (await instance.client.get('/api/protected', { token })).status === 401;
          });

      await cluster.killPrimary();
      for (const instance of instances) await until(async () => (await statusesOf(instance)) === 503);
      await new Promise((resolve) => setTimeout(resolve, 500)); // they look for a server all the time
      await cluster.promote();
      const promoted = performance.now();
      await Promise.all(
        [...instances, onStandby!].map((instance) => until(async () => (await statusesOf(instance)) === 200)),
      );
      readyAfter = performance.now() - promoted;
      count('standbys promoted');
      run.finished = true;
      await Promise.all(loads);
      expect(readyAfter).toBeLessThan(READY_WITHIN_MS);
      for (const instance of instances) expect(instance.output()).not.toContain('INTERNAL_ERROR');
    });

    it('an access token that an instance knew to be revoked stays revoked there', async () => {
      for (const { accessToken: token } of loggedOut)
        for (const { client } of instances)
          expect((await client.get('/api/protected', { token })).status).toBe(401);
    });

    it('a session that an instance knew to be revoked is not refreshed there', async () => {
      for (const { refreshToken } of loggedOut)
        for (const { client } of instances)
          expect((await client.post('/auth/refresh', { refreshToken })).status).toBe(401);
    });

    if (how === 'synchronous')
      it('no session and no end of one is lost', () => {
        expect(loaded.flatMap((follower) => follower.broken(promises))).toEqual([]);
      });
  },
);
