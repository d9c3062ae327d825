import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Client as Postgres } from 'pg';
import { type CliRun, runCliProcess } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { runService } from '../support/service-process.js';
import { until } from '../support/until.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { count } from './support/report.js';
import { productionSettings } from './support/service.js';

/** A command takes a second to load; a server that stops answering is noticed within ten. */
const BOUND_MS = 25_000;
const COMMANDS = ['user list', 'sessions purge', 'clients list', 'keys list', 'migrate', 'doctor'];

interface Silence {
  port: number;
  close(): Promise<void>;
}

/** Accepts connections to a server, and falls silent after the n-th message to it, without closing anything. */
async function silentAfter(messages: number, target = 0): Promise<Silence> {
  const sockets = new Set<Socket>();
  let left = messages;
  const server = createServer((client) => {
    const upstream = target ? connect(target, '127.0.0.1') : undefined;
    for (const socket of [client, upstream]) {
      socket?.on('error', () => undefined);
      if (socket) sockets.add(socket);
    }
    client.on('data', (data) => {
      if (left > 0) upstream?.write(data);
      left--;
    });
    upstream?.on('data', (data) => {
      if (left >= 0) client.write(data);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe('a start that fails ends the process', () => {
  let postgres: OwnPostgres;
  let settings: Record<string, string>;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    settings = productionSettings(postgres.url);
    await runCliProcess(['migrate'], settings);
  });
  afterAll(() => postgres?.close());

  const at = (port: number) => {
    const url = new URL(postgres.url);
    url.port = String(port);
    return { ...settings, DATABASE_URL: url.href };
  };
  async function run(command: string, given: Record<string, string>): Promise<CliRun & { ms: number }> {
    const began = performance.now();
    const answer = await runCliProcess(command.split(' '), given);
    count('commands whose start failed');
    return { ...answer, ms: performance.now() - began };
  }
  const serve = async (given: Record<string, string>) => {
    const began = performance.now();
    const child = runService(given);
    let text = '';
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, text, ms: performance.now() - began };
  };

  // At the same time, because most of what they do is to wait.
  const runAll = (check: (command: string) => Promise<void>) => Promise.all(COMMANDS.map(check));

  it('no server, or one that never answers', async () => {
    const silent = await silentAfter(0);
    for (const port of [await freePort(), silent.port])
      await runAll(async (command) => {
        const { code, stderr, ms } = await run(command, at(port));
        expect([command, code]).toEqual([command, command === 'doctor' ? 1 : 3]);
        expect([command, stderr]).toEqual([command, expect.not.stringMatching(/^\s+at /m)]);
        expect(ms).toBeLessThan(BOUND_MS);
      });
    await silent.close();
  });

  it.each([2, 8])('a server that stops answering after %i messages', async (messages) => {
    await runAll(async (command) => {
      const silent = await silentAfter(messages, postgres.port);
      const { ms, stderr } = await run(command, at(silent.port));
      expect(ms).toBeLessThan(BOUND_MS);
      expect([command, stderr]).toEqual([command, expect.not.stringMatching(/^\s+at /m)]);
      await silent.close();
    });
  });

  it('a Redis that never answers holds up no command', async () => {
    const silent = await silentAfter(0);
    const given = { ...settings, REDIS_URL: `redis://127.0.0.1:${silent.port}` };
    await runAll(async (command) => {
      const { code, ms, stderr } = await run(command, given);
      // Doctor says so, and there is no key ring to list.
      const expected = command === 'doctor' || command === 'keys list' ? 1 : 0;
      expect([command, code, stderr]).toEqual([command, expected, expect.any(String)]);
      expect(ms).toBeLessThan(BOUND_MS);
    });
    await silent.close();
  });

  it('a module that throws while it starts, after it has opened connections', async () => {
    await postgres.query(`CREATE ROLE poor LOGIN PASSWORD 'poor'`);
    await postgres.query('GRANT SELECT ON ALL TABLES IN SCHEMA public TO poor');
    await postgres.query('REVOKE SELECT ON signing_keys, revocations FROM poor');
    const url = new URL(postgres.url);
    [url.username, url.password] = ['poor', 'poor'];
    const { JWT_ACCESS_PRIVATE_KEY: _, ...rest } = settings;
    const ring = {
      ...rest,
      DATABASE_URL: url.href,
      KEY_ENCRYPTION_SECRET: 'k9Z3f8hLk2Wm7Rt5Yv1Xc6Bn0Pd4Sg-x7',
    };
    for (const command of ['keys list', 'keys rotate']) {
      const { code, ms, stderr } = await run(command, ring);
      expect([command, code, stderr]).toEqual([command, 1, expect.stringContaining('permission denied')]);
      expect(ms).toBeLessThan(BOUND_MS);
    }
    const service = await serve(ring);
    expect([service.code, service.text]).toEqual([1, expect.stringContaining('permission denied')]);
  });

  it('the service: no server, one that never answers, and one that stops answering', async () => {
    const silent = [
      await silentAfter(0),
      ...(await Promise.all([2, 9, 20].map((n) => silentAfter(n, postgres.port)))),
    ];
    const ports = [await freePort(), ...silent.map((each) => each.port)];
    await Promise.all(
      ports.map(async (port) => {
        const { code, text, ms } = await serve(at(port));
        expect([code, text]).toEqual([1, expect.not.stringMatching(/^\s+at /m)]);
        expect(ms).toBeLessThan(BOUND_MS);
      }),
    );
    for (const each of silent) await each.close();
  });
});

describe('a migration that waits for a lock', () => {
  let postgres: OwnPostgres;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
  });
  afterAll(() => postgres?.close());

  it.each(['the service', 'latchkey migrate'])('%s says who has it, every five seconds', async (who) => {
    const settings = productionSettings(postgres.url);
    await postgres.query('DROP TABLE IF EXISTS migrations');
    await postgres.query(
      'CREATE TABLE migrations (id serial PRIMARY KEY, timestamp bigint NOT NULL, name varchar NOT NULL)',
    );
    const holder = new Postgres({ connectionString: postgres.url, application_name: 'a report' });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE migrations');
    const cli = [process.execPath, 'dist/cli/main.js', 'migrate'];
    const child = who === 'the service' ? runService(settings) : runService(settings, cli);
    let text = '';
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await until(() =>
      /waits for a lock, \d+ s after it began, which is held by process \d+ of PostgreSQL \(a report, /.test(
        text,
      ),
    );
    await holder.query('COMMIT');
    await holder.end();
    await until(() => /listens on|up to date/.test(text));
    expect(text).not.toContain('QueryFailedError');
    child.kill('SIGKILL');
    await postgres.query('DROP SCHEMA public CASCADE; ').catch(() => undefined);
    await postgres.query('CREATE SCHEMA public').catch(() => undefined);
    count('migrations that waited for a lock');
  });
});
