// Covers docs/security.md, case 126, 127.
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AuthInstances, AuthService, KeyRing, KeyRotation, TokensService } from '../../src/index.js';
import type { AuthModuleOptions } from '../../src/index.js';
import { generatePem } from '../../src/keys/signing-key.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';

const secret = () => randomBytes(48).toString('base64url');
const encryptionSecret = secret();
const refreshSecret = secret();

let database: TestDatabase;
const running: Host[] = [];
beforeEach(async () => {
  database = await createMigratedDatabase();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((host) => host.close()));
  await database.drop();
});

async function start(jwt: Partial<AuthModuleOptions['jwt']> = {}): Promise<Host> {
  const host = await startHost({
    databaseUrl: database.url,
    options: {
      jwt: {
        algorithm: 'ES256',
        accessSecret: undefined,
        keyRing: { encryptionSecret },
        refreshSecret,
        ...jwt,
      },
    },
  });
  running.push(host);
  return host;
}

/** Stops one instance, and lets another one notice. */
async function leave(host: Host, other: Host): Promise<void> {
  await running.splice(running.indexOf(host), 1)[0]!.close();
  for (let beat = 0; beat < 4; beat++) await other.app.get(AuthInstances).renew();
}

const register = async ({ client }: Host): Promise<string> =>
  (await client.post('/auth/register', { email: newEmail(), password: PASSWORD })).body.accessToken;
const kidOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).kid;
const published = async ({ client }: Host): Promise<string[]> =>
  (await client.get('/.well-known/jwks.json')).body.keys.map((key: { kid: string }) => key.kid);
const guarded = async ({ client }: Host, token: string) => (await client.get('/orders', { token })).status;
/** Makes a pending key active now, as if the time had passed. */
const activatePending = (host: Host) =>
  host.database.query(
    `UPDATE signing_keys SET active_at = LEAST(active_at, now()), retired_at = CASE WHEN retired_at > now() THEN now() END`,
  );

describe('the key ring', () => {
  it('creates its first key once, however many instances start together, and all verify what one signs', async () => {
    const migrating = await start();
    await migrating.database.query('DELETE FROM signing_keys');
    const hosts = await Promise.all([start(), start(), start()]);
    const [kids, ...others] = await Promise.all(hosts.map(published));
    expect(kids).toHaveLength(1);
    for (const other of others) expect(other).toEqual(kids);
    const token = await register(hosts[0]!);
    expect(await Promise.all(hosts.map((host) => guarded(host, token)))).toEqual([200, 200, 200]);
  });

  it('publishes a new key before it signs, and still verifies with the old one after that stops signing', async () => {
    const [one, two] = [await start(), await start()];
    const before = await register(one);
    await one.app.get(KeyRotation).rotate();
    await until(async () => (await published(two)).length === 2);
    expect(kidOf(await register(two))).toBe(kidOf(before));

    await activatePending(one);
    await Promise.all([one, two].map((host) => host.app.get(KeyRing).load()));
    const after = await register(one);
    expect(kidOf(after)).not.toBe(kidOf(before));
    for (const host of [one, two]) {
      expect(await guarded(host, before)).toBe(200);
      expect(await guarded(host, after)).toBe(200);
    }
    expect(
      one.app
        .get(KeyRing)
        .list()
        .map(({ state, signs }) => [state, signs]),
    ).toEqual([
      ['active', true],
      ['retired', false],
    ]);
  });

  it('refuses a key removed in an emergency on every instance, even for cached tokens; another key signs immediately', async () => {
    const [one, two] = [await start(), await start()];
    const token = await register(one);
    expect(await guarded(two, token)).toBe(200); // now remembered as verified
    expect(await one.app.get(KeyRotation).remove(kidOf(token))).toBe(true);
    expect(await guarded(one, token)).toBe(401);
    await until(async () => (await guarded(two, token)) === 401);
    const next = await register(two);
    expect(kidOf(next)).not.toBe(kidOf(token));
    expect(await guarded(one, next)).toBe(200);
    expect(await one.app.get(KeyRotation).remove('no-such-key')).toBe(false);
  });

  it('has no gap when a pending key is removed: there is always a key to sign with', async () => {
    const host = await start();
    await host.app.get(KeyRotation).rotate();
    const [pending] = host.app.get(KeyRing).list();
    await host.app.get(KeyRotation).remove(pending!.kid);
    const [successor, current] = host.app.get(KeyRing).list();
    expect(successor).toMatchObject({ state: 'pending', retiredAt: null });
    expect(current).toMatchObject({ state: 'active', signs: true, retiredAt: successor!.activeAt });
  });

  it("hands over immediately when a retired key's successor is still pending", async () => {
    const host = await start();
    const token = await register(host);
    await host.app.get(KeyRotation).rotate();
    await host.app.get(KeyRotation).retire(kidOf(token));
    expect(kidOf(await register(host))).not.toBe(kidOf(token));
    expect(await guarded(host, token)).toBe(200);
  });

  it('keeps private keys encrypted and bound to their id, and re-encrypts them with a new secret', async () => {
    const before = await start();
    const token = await register(before);
    const [row] = await before.database.query('SELECT * FROM signing_keys');
    expect(JSON.stringify(row)).not.toContain('PRIVATE KEY');

    const young = secret();
    const both = await start({ keyRing: { encryptionSecret: [young, encryptionSecret] } });
    expect(await guarded(both, token)).toBe(200);
    await both.app.get(KeyRotation).maintain();
    // The first instance has yet to read it.
    expect(await before.database.query('SELECT * FROM signing_keys')).toEqual([row]);
    await leave(before, both);
    await both.app.get(KeyRotation).maintain();
    const youngOnly = await start({ keyRing: { encryptionSecret: young } });
    expect(await guarded(youngOnly, token)).toBe(200);
  });

  it('does not accept a row written by somebody without the secret', async () => {
    const host = await start();
    const forged = await generatePem('ES256');
    await host.database.query(
      `INSERT INTO signing_keys (kid, algorithm, private_key, active_at) VALUES ('evil', 'ES256', $1, now())`,
      [forged],
    );
    await host.database.query(
      `INSERT INTO signing_keys (kid, algorithm, private_key, active_at)
       SELECT 'renamed', algorithm, private_key, now() FROM signing_keys WHERE kid <> 'evil'`,
    );
    await host.app.get(KeyRing).load();
    expect(await published(host)).toHaveLength(1);
  });

  it('rotates automatically when a key has signed long enough, once across all instances', async () => {
    const hosts = [await start(), await start()];
    await hosts[0]!.database.query(`UPDATE signing_keys SET active_at = now() - interval '30 days'`);
    await Promise.all(hosts.map((host) => host.app.get(KeyRotation).maintain()));
    expect(await published(hosts[0]!)).toHaveLength(2);
    const [young, old] = hosts[1]!.app.get(KeyRing).list();
    expect([young!.state, old!.state]).toEqual(['pending', 'active']);
  });

  it('changes the algorithm while the service runs: tokens of both algorithms verify', async () => {
    const before = await start();
    const token = await register(before);
    const after = await start({ algorithm: 'EdDSA' });
    await activatePending(after);
    await Promise.all([before, after].map((host) => host.app.get(KeyRing).load()));
    const next = await register(after);
    expect(JSON.parse(Buffer.from(next.split('.')[0]!, 'base64url').toString()).alg).toBe('EdDSA');
    for (const host of [before, after]) {
      expect([await guarded(host, token), await guarded(host, next)]).toEqual([200, 200]);
    }
  });

  it('also verifies with keys configured beside it, for a migration to the ring', async () => {
    const accessPrivateKey = await generatePem('ES256');
    const before = await start({ keyRing: undefined, accessPrivateKey });
    const token = await register(before);
    const after = await start({ accessPrivateKey });
    expect(await guarded(after, token)).toBe(200);
    expect(await guarded(before, await register(after))).toBe(200);
    await leave(before, after);
    expect(kidOf(await register(after))).not.toBe(kidOf(token));
  });

  it.each([
    [undefined, 300],
    ['1m', 30],
    ['0s', 0],
  ] as const)(
    'no cache hides a new key published %s ahead until it signs: max-age %i',
    async (publishAhead, maxAge) => {
      const host = await start({ keyRing: { encryptionSecret, publishAhead } });
      const { headers } = await host.client.get('/.well-known/jwks.json');
      expect(headers.get('cache-control')).toBe(`public, max-age=${maxAge}`);
    },
  );

  it('makes no query or request for an unknown key id', async () => {
    const host = await start();
    const token = await register(host);
    const [, ...rest] = token.split('.');
    const queries = await countQueries(host, async () => {
      for (let i = 0; i < 500; i++) {
        const header = { alg: 'ES256', kid: randomBytes(32).toString('base64url'), typ: 'at+jwt' };
        const forged = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.');
        await expect(host.app.get(TokensService).verify(forged)).rejects.toMatchObject({
          code: 'INVALID_TOKEN',
        });
      }
    });
    expect(queries).toBe(0);
  });

  it('refuses an unknown key id as unavailable while the ring could not be read for half a minute', async () => {
    const host = await start();
    const [, ...rest] = (await register(host)).split('.');
    const header = { alg: 'ES256', kid: randomBytes(32).toString('base64url'), typ: 'at+jwt' };
    const unknown = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.');
    expect(await guarded(host, unknown)).toBe(401);
    const { now } = Date;
    Date.now = () => now() + 31_000;
    try {
      expect(await guarded(host, unknown)).toBe(503);
      await host.app.get(KeyRing).load();
      expect(await guarded(host, unknown)).toBe(401);
    } finally {
      Date.now = now;
    }
  });

  it('without a signing key, signs no token but still verifies existing ones', async () => {
    const host = await start();
    const token = await register(host);
    await host.database.query(
      `UPDATE signing_keys SET retired_at = now(), remove_at = now() + interval '1 hour'`,
    );
    await host.app.get(KeyRing).load();
    expect(await guarded(host, token)).toBe(200);
    const login = host.app.get(AuthService).register({ email: newEmail(), password: PASSWORD });
    await expect(login).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

/** The host's own statements, as PostgreSQL's statistics would count them. */
async function countQueries(host: Host, work: () => Promise<void>): Promise<number> {
  const source = host.app.get(DataSource);
  const original = source.query.bind(source);
  let count = 0;
  source.query = ((...given: Parameters<typeof original>) => {
    count++;
    return original(...given);
  }) as typeof source.query;
  await work();
  source.query = original;
  return count;
}
