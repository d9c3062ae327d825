import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { RateLimitStorage } from '../../../src/rate-limits/rate-limit.storage.js';
import { RedisConnection } from '../../../src/redis/redis-connection.js';
import { RedisRevocationList } from '../../../src/revocation/redis-revocation-list.js';
import { selfSigned } from '../../support/certificates.js';
import { describeWithRedis, freePort, startRedis, type TestRedis } from '../../support/redis.js';
import { until } from '../../support/until.js';

/** The rights that docs/operations.md names. */
const RIGHTS = /`ACL SETUSER latchkey on >password ([^`]+)`/.exec(
  readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8'),
)![1]!;

describeWithRedis('a connection to Redis', () => {
  let redis: TestRedis;
  let connection: RedisConnection;
  const warnings: string[] = [];
  const open = async (url: string) => {
    warnings.length = 0;
    connection = await RedisConnection.open({ url }, (line) => warnings.push(line));
    return connection;
  };
  /** Sends a command as the administrator. */
  const administer = async (...words: string[]) => {
    const client = createClient({ url: redis.url });
    await client.connect();
    await client.sendCommand(words);
    client.destroy();
  };
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    connection?.onModuleDestroy();
    await redis.close();
  });

  it('needs no more rights than the guide names', async () => {
    await administer('ACL', 'SETUSER', 'latchkey', 'on', '>password', ...RIGHTS.split(' '));
    await administer('ACL', 'SETUSER', 'default', 'off');
    const url = redis.url.replace('//', '//latchkey:password@');
    await open(url);
    await until(() => connection.works());

    const lists = [1, 2].map(
      () => new RedisRevocationList(connection, { maxStaleness: 60, clock: Date.now }),
    );
    for (const list of lists) await list.onModuleInit();
    await lists[0]!.revoke([{ kind: 'session', id: 'ended' }], 60);
    await until(() => lists[1]!.isRevoked({ sid: 'ended', jti: 'x', sub: 'x', iat: 1 }));
    const limits = new RateLimitStorage(connection);
    for (let count = 0; count < 2; count++) await limits.increment('key', 60_000, 10);
    await limits.takeBack('key');
    for (const list of lists) await list.onModuleDestroy();
    expect(warnings).toEqual([]);
  });

  it('says once that Redis is full, and once that it is not any more', async () => {
    await open(redis.url);
    await until(() => connection.works());
    await administer('CONFIG', 'SET', 'maxmemory', '1');
    for (let look = 0; look < 3; look++) expect(await connection.works()).toBe(false);
    expect(warnings).toEqual([
      expect.stringMatching(/^Redis is unavailable \(OOM .*\): continuing without it$/),
    ]);
    await administer('CONFIG', 'SET', 'maxmemory', '0');
    await until(() => connection.works());
    expect(warnings.slice(1)).toEqual(['Redis is available again']);
  });

  it('is opened again when the server only reads, and finds the new primary under the same address', async () => {
    await open(redis.url);
    await until(() => connection.works());
    // The old primary follows a new one, which takes over its address.
    const newPrimary = await startRedis();
    const address = await freePort();
    connection.onModuleDestroy();
    let target = redis.port;
    const { createServer, createConnection } = await import('node:net');
    const server = createServer((socket) => {
      const upstream = createConnection(target, '127.0.0.1');
      socket.pipe(upstream).pipe(socket);
      for (const end of [socket, upstream]) end.on('error', () => (socket.destroy(), upstream.destroy()));
    }).listen(address, '127.0.0.1');
    await once(server, 'listening');
    try {
      await open(`redis://127.0.0.1:${address}`);
      await until(() => connection.works());
      await administer('REPLICAOF', '127.0.0.1', String(newPrimary.port));
      target = newPrimary.port;
      expect(await connection.works()).toBe(false);
      await until(() => connection.works());
      expect(warnings).toEqual([
        expect.stringMatching(/^Redis is unavailable \(READONLY .*\): continuing without it$/),
        'Redis is available again',
      ]);
    } finally {
      connection.onModuleDestroy();
      server.close();
      await newPrimary.close();
    }
  });

  it('does not report a server that goes on to be read-only as available', async () => {
    const primary = await startRedis();
    await administer('REPLICAOF', '127.0.0.1', String(primary.port));
    await open(redis.url);
    await until(() => warnings.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 2_500)); // it connects again each second
    expect(await connection.works()).toBe(false);
    expect(warnings).toEqual([expect.stringContaining('READONLY')]);
    await primary.close();
  });
});

describeWithRedis('a connection to Redis with TLS', () => {
  const warnings: string[] = [];
  const open = (url: string, tlsCa: string[] | undefined) => {
    warnings.length = 0;
    return RedisConnection.open({ url, tlsCa }, (line) => warnings.push(line));
  };

  it('trusts an authority of its own for TLS, and no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-tls-'));
    const file = (name: string) => join(folder, name);
    const names = { dns: ['localhost'], ip: ['127.0.0.1'] };
    const [ours, other] = [await selfSigned(names), await selfSigned(names)];
    writeFileSync(file('ours.key'), ours.key);
    writeFileSync(file('ours.crt'), ours.cert);
    const port = await freePort();
    const server = spawn('redis-server', [
      ...`--port 0 --tls-port ${port} --bind 127.0.0.1 --dir ${folder} --tls-auth-clients no`.split(' '),
      ...`--tls-cert-file ${file('ours.crt')} --tls-key-file ${file('ours.key')}`.split(' '),
    ]);
    try {
      const url = `rediss://localhost:${port}`;
      let connection = await open(url, [ours.cert]);
      await until(() => connection.works());
      connection.onModuleDestroy();
      for (const tlsCa of [[other.cert], undefined]) {
        connection = await open(url, tlsCa);
        await until(() => warnings.length > 0);
        expect(warnings).toEqual([expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/)]);
        expect(await connection.works()).toBe(false);
        connection.onModuleDestroy();
      }
    } finally {
      server.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
