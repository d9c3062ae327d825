import { randomUUID } from 'node:crypto';
import { Client as PgClient } from 'pg';
import { AccountAdmin, AuthInstances, Cleanup, RevocationList, SessionStore } from '../../src/index.js';
import { shardOf } from '../../src/sessions/shards/shard-number.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type DatabaseGate, openGate } from '../support/database-gate.js';
import { type Host, startHost } from '../support/host-app.js';
import { createDatabase, createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';

const SECRETS = { accessSecret: randomUUID() + randomUUID(), refreshSecret: randomUUID() + randomUUID() };
const SHARDS = [1, 2, 3];

interface SignedIn {
  token: string;
  refreshToken: string;
  shard: number;
  sid: string;
}

describe('sessions in three shards', () => {
  let main: TestDatabase;
  let databases: TestDatabase[];
  let gates: DatabaseGate[];
  let hosts: Host[];
  const options = () => ({
    jwt: SECRETS,
    sessions: { shards: gates.map(({ url }) => url) },
    revocation: { maxStaleness: '3s' as const },
  });

  beforeAll(async () => {
    main = await createMigratedDatabase();
    // Empty: the app brings their schema up to date.
    databases = await Promise.all(SHARDS.map(() => createDatabase()));
    gates = await Promise.all(databases.map(({ url }) => openGate(url)));
    hosts = [];
    for (let i = 0; i < 2; i++) hosts.push(await startHost({ databaseUrl: main.url, options: options() }));
    await allUse('database 3');
  });
  afterAll(async () => {
    for (const host of hosts ?? []) await host.close();
    for (const gate of gates ?? []) await gate.close();
    for (const database of [main, ...(databases ?? [])]) await database?.drop();
  });
  afterEach(async () => {
    for (const gate of gates) await gate.open();
  });

  const allUse = (name: string) =>
    until(() =>
      hosts.every((host) => {
        const { choice } = host.app.get(AuthInstances).lists.find(({ kind }) => kind === 'shards')!;
        return choice.ids[choice.position] === name;
      }),
    );

  const sidOf = (token: string) =>
    (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { sid: string }).sid;

  async function signIn(email = newEmail(), host = hosts[0]!): Promise<SignedIn> {
    const known = await host.client.post('/auth/login', { email, password: PASSWORD });
    const { body } =
      known.status === 200 ? known : await host.client.post('/auth/register', { email, password: PASSWORD });
    const sid = sidOf(body.accessToken);
    return { token: body.accessToken, refreshToken: body.refreshToken, sid, shard: shardOf(sid) };
  }

  /** One session in each shard. */
  async function inEach(email?: string): Promise<SignedIn[]> {
    const found = new Map<number, SignedIn>();
    while (found.size < SHARDS.length) {
      const one = await signIn(email);
      found.set(one.shard, one);
    }
    return SHARDS.map((shard) => found.get(shard)!);
  }
  const refresh = async ({ refreshToken }: SignedIn, host = hosts[0]!) => {
    const { status, body } = await host.client.post('/auth/refresh', { refreshToken });
    return status === 200 ? 200 : `${status} ${body.error}`;
  };
  const me = async ({ token }: SignedIn, host = hosts[0]!) => {
    const { status, body } = await host.client.get('/auth/me', { token });
    return status === 200 ? 200 : `${status} ${body.error}`;
  };
  const inShard = async <Row>(shard: number, sql: string, values: unknown[] = []): Promise<Row[]> => {
    const client = new PgClient({ connectionString: databases[shard - 1]!.url });
    await client.connect();
    try {
      return (await client.query(sql, values)).rows as Row[];
    } finally {
      await client.end();
    }
  };

  it('begin in all of them, and none in the main database', async () => {
    for (const { shard, sid } of await inEach())
      expect(await inShard(shard, 'SELECT id FROM refresh_tokens WHERE id = $1', [sid])).toEqual([
        { id: sid },
      ]);
    expect(await hosts[0]!.database.query('SELECT FROM refresh_tokens')).toEqual([]);
  });

  it('are refreshed, guarded, listed and ended like all others', async () => {
    const email = newEmail();
    const all = await inEach(email);
    for (const one of all) {
      expect([await me(one, hosts[1]), await refresh(one, hosts[1])]).toEqual([200, 200]);
      // Within the leeway.
      expect(await refresh(one)).toBe(200);
    }
    const { body } = await hosts[1]!.client.get('/auth/sessions', { token: all[0]!.token });
    const listed = (body as { id: string }[]).map(({ id }) => id);
    expect(listed).toEqual(expect.arrayContaining(all.map(({ sid }) => sid)));
    const ended = await hosts[1]!.client.call(`/auth/sessions/${all[1]!.sid}`, {
      method: 'DELETE',
      token: all[0]!.token,
    });
    expect(ended.status).toBe(204);
    await until(async () => (await me(all[1]!)) !== 200);
    expect([await me(all[1]!), await refresh(all[1]!)]).toEqual(['401 TOKEN_REVOKED', '401 TOKEN_REVOKED']);
    expect([await me(all[0]!), await me(all[2]!)]).toEqual([200, 200]);
  });

  it('end when a token is used twice, on all instances', async () => {
    for (const one of await inEach()) {
      expect(await refresh(one)).toBe(200);
      await inShard(one.shard, `UPDATE refresh_tokens SET rotated_at = rotated_at - interval '1 minute'`);
      expect(await refresh(one, hosts[1])).toBe('401 REFRESH_TOKEN_REUSED');
      await until(async () => (await me(one)) === '401 TOKEN_REVOKED');
    }
  });

  it('that somebody ends by hand, in any shard, end on all instances', async () => {
    for (const one of await inEach()) {
      await inShard(one.shard, 'UPDATE refresh_tokens SET revoked_at = now() WHERE id = $1', [one.sid]);
      for (const host of hosts) await until(async () => (await me(one, host)) !== 200);
      for (const host of hosts) expect(await me(one, host)).toBe('401 TOKEN_REVOKED');
    }
  });

  it('a logout everywhere ends those in all shards', async () => {
    const email = newEmail();
    const all = await inEach(email);
    const answer = await hosts[0]!.client.post('/auth/logout-all', undefined, { token: all[0]!.token });
    expect(answer.status).toBe(204);
    for (const one of all) {
      expect(await refresh(one, hosts[1])).toBe('401 TOKEN_REVOKED');
      await until(async () => (await me(one, hosts[1])) === '401 TOKEN_REVOKED');
    }
  });

  it('the loss of a shard takes its own sessions only, until it is back', async () => {
    const all = await inEach();
    const [lost, ...others] = all as [SignedIn, ...SignedIn[]];
    await gates[0]!.refuse();
    expect(await refresh(lost)).toBe('503 UNAVAILABLE');
    // What is known of its revocations is used for as long as it may.
    await until(async () => (await me(lost)) === '503 UNAVAILABLE');
    for (const one of others) expect([await me(one), await refresh(one)]).toEqual([200, 200]);
    for (let i = 0; i < 6; i++) expect((await signIn()).shard).toBeGreaterThan(1);
    await gates[0]!.open();
    await until(async () => (await me(lost)) === 200);
    expect(await refresh(lost)).toBe(200);
    for (let found = false; !found;) found = (await signIn()).shard === 1;
  });

  it('while a shard is lost, a logout everywhere ends its sessions too, and no later one', async () => {
    const email = newEmail();
    const [lost, ...others] = (await inEach(email)) as [SignedIn, ...SignedIn[]];
    await gates[0]!.refuse();
    const answer = await hosts[0]!.client.post('/auth/logout-all', undefined, { token: others[0]!.token });
    expect(answer.status).toBe(204);
    for (const one of others) expect(await refresh(one)).toBe('401 TOKEN_REVOKED');
    // A token says in whole seconds when its session began.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const later = await signIn(email);
    await gates[0]!.open();
    for (const host of hosts) {
      await until(async () => (await me(lost, host)) !== '503 UNAVAILABLE');
      expect(await me(lost, host)).toBe('401 TOKEN_REVOKED');
      expect(await me(later, host)).toBe(200);
    }
    await until(async () => (await refresh(lost, hosts[1])) !== '503 UNAVAILABLE');
    expect(await refresh(lost)).toBe('401 TOKEN_REVOKED');
    expect(await refresh(later)).toBe(200);
    const inRow = await inShard(1, 'SELECT revoked_at IS NULL AS live FROM refresh_tokens WHERE id = $1', [
      lost.sid,
    ]);
    expect(inRow).toEqual([{ live: false }]);
  });

  it('a shard that was lost while all sessions were ended keeps none alive', async () => {
    const all = await inEach();
    for (const { shard, sid } of all)
      await inShard(
        shard,
        `UPDATE refresh_tokens SET created_at = created_at - interval '1 minute',
           absolute_expires_at = absolute_expires_at - interval '1 minute' WHERE id = $1`,
        [sid],
      );
    await gates[2]!.refuse();
    await expect(hosts[0]!.app.get(AccountAdmin).endAllSessions()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    await gates[2]!.open();
    await until(async () => (await refresh(all[2]!)) !== '503 UNAVAILABLE');
    for (const one of all) expect(await refresh(one)).toBe('401 TOKEN_REVOKED');
    expect(
      await inShard(3, 'SELECT revoked_at IS NULL AS live FROM refresh_tokens WHERE id = $1', [all[2]!.sid]),
    ).toEqual([{ live: false }]);
  });

  it('the cleanup deletes what has expired in every shard that answers', async () => {
    const all = await inEach();
    for (const { shard, sid } of all)
      await inShard(
        shard,
        `UPDATE refresh_tokens SET absolute_expires_at = now() - interval '1 s' WHERE id = $1`,
        [sid],
      );
    await gates[1]!.refuse();
    await hosts[0]!.app.get(Cleanup).run();
    await gates[1]!.open();
    const left = await Promise.all(
      all.map(({ shard, sid }) => inShard(shard, 'SELECT FROM refresh_tokens WHERE id = $1', [sid])),
    );
    expect(left.map(({ length }) => length)).toEqual([0, 1, 0]);
  });

  it('what is about a session in a shard that an instance does not have is unavailable, not refused', async () => {
    const sid = `00ff${randomUUID().slice(4, 14)}8${randomUUID().slice(15)}`;
    const list = hosts[0]!.app.get<RevocationList>(RevocationList);
    const sessions = hosts[0]!.app.get<SessionStore>(SessionStore);
    const asked = [
      async () => list.isRevoked({ sid, jti: '', sub: '', iat: Number.MAX_SAFE_INTEGER }),
      () => sessions.isLive(sid),
      () => sessions.rotate({ sid, jti: randomUUID(), nextJti: randomUUID() }),
    ];
    for (const ask of asked) await expect(ask()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('an instance starts while a shard is lost, and uses it when it is back', async () => {
    const [first] = await inEach();
    await gates[0]!.refuse();
    const host = await startHost({ databaseUrl: main.url, options: options() });
    try {
      expect([await me(first!, host), await refresh(first!, host)]).toEqual([
        '503 UNAVAILABLE',
        '503 UNAVAILABLE',
      ]);
      expect((await signIn(undefined, host)).shard).not.toBe(1);
      await gates[0]!.open();
      await until(async () => (await me(first!, host)) === 200);
      expect(await refresh(first!, host)).toBe(200);
    } finally {
      await host.close();
    }
  });

  it.each([
    [
      'in another order',
      () => [gates[1]!.url, gates[0]!.url, gates[2]!.url],
      /number 1\) is at place 1 .* shard 2/,
    ],
    [
      'with the main database among them',
      () => [gates[0]!.url, gates[1]!.url, gates[2]!.url, main.url],
      /number 4\) /,
    ],
    [
      'without the last one, which others use',
      () => gates.slice(0, 2).map(({ url }) => url),
      /lacks a database in which the instance/,
    ],
  ])('an instance does not start with the shards %s', async (_, shards, reason) => {
    await hosts[0]!.database.query(
      `INSERT INTO refresh_tokens (id, user_id, current_jti, created_at, rotated_at, last_used_at, expires_at, absolute_expires_at)
       VALUES (gen_random_uuid(), 'x', gen_random_uuid(), now(), now(), now(), now() + interval '1 h', now() + interval '1 h')`,
    );
    const start = startHost({
      databaseUrl: main.url,
      options: { ...options(), sessions: { shards: shards() } },
    });
    await expect(start).rejects.toThrow(reason);
  });
});

it.each([
  [
    'the main database, which has no sessions yet',
    'main',
    /number 1\) is the same database as that of the users/,
  ],
  ['one database under two names', 'shard', /number [12]\) is the same database as number [12]/],
])('an instance does not start if its shards are %s', async (_, which, reason) => {
  const main = await createMigratedDatabase();
  const shard = await createDatabase();
  const gate = await openGate(which === 'main' ? main.url : shard.url);
  const other = which === 'main' ? [] : [shard.url];
  try {
    const start = startHost({
      databaseUrl: main.url,
      options: { jwt: SECRETS, sessions: { shards: [gate.url, ...other] } },
    });
    await expect(start).rejects.toThrow(reason);
  } finally {
    await gate.close();
    for (const database of [main, shard]) await database.drop();
  }
});

it('sessions begin in a new shard when all instances know it', async () => {
  const main = await createMigratedDatabase();
  const shard = await createDatabase();
  const hosts: Host[] = [];
  try {
    const start = async (shards: string[]) => {
      const host = await startHost({
        databaseUrl: main.url,
        options: { jwt: SECRETS, sessions: { shards } },
      });
      hosts.push(host);
      return host;
    };
    const shardFor = async (host: Host) => {
      const { body } = await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
      const claims = JSON.parse(Buffer.from(body.accessToken.split('.')[1], 'base64url').toString());
      return { shard: shardOf(claims.sid), body };
    };
    const older = await start([]);
    const { body } = await shardFor(older);
    const newer = await start([shard.url]);
    expect((await shardFor(newer)).shard).toBe(0);
    await older.close();
    hosts.shift();
    await until(async () => (await shardFor(newer)).shard === 1);
    // What was in the main database goes on there.
    const refreshed = await newer.client.post('/auth/refresh', { refreshToken: body.refreshToken });
    expect(refreshed.status).toBe(200);
  } finally {
    for (const host of hosts) await host.close();
    await main.drop();
    await shard.drop();
  }
});

it.each(['sessionStore', 'revocationList'] as const)(
  'shards are refused with a %s of the host',
  async (part) => {
    const main = await createMigratedDatabase();
    const start = startHost({
      databaseUrl: main.url,
      options: { sessions: { shards: ['postgres://nobody@127.0.0.1:1/none'] } },
      parts: { [part]: class {} } as never,
    });
    await expect(start).rejects.toThrow(`sessions.shards has no effect together with your own ${part}`);
    await main.drop();
  },
);
