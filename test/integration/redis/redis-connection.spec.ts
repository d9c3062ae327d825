import { RedisConnection } from '../../../src/redis/redis-connection.js';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis.js';
import { until } from '../../support/until.js';

describeWithRedis('the connection to Redis', () => {
  let redis: TestRedis;
  let connection: RedisConnection;
  beforeAll(async () => {
    redis = await startRedis();
    connection = await RedisConnection.open({ url: redis.url }, () => undefined);
    await until(() => connection.available);
  });
  afterAll(async () => {
    connection?.onModuleDestroy();
    await redis?.close();
  });

  /** As a burst of requests does: all of them are read before anything is sent. */
  const beBusy = (ms: number) => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  };

  it('a process too busy to send its commands does not mistake Redis for unavailable', async () => {
    for (let round = 0; round < 20; round++) {
      const answer = connection.run((client) => client.ping());
      beBusy(110);
      expect(await answer).toBe('PONG');
    }
  });
});
