import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { Client as Postgres } from 'pg';
import { pino } from 'pino';
import { channelOf } from '../../src/revocation/revocation-message.js';
import { type RunningService, startService } from '../../src/service/service.js';
import { readConfiguration } from '../../src/settings/configuration.js';
import { migrate } from '../../src/settings/database.js';
import { Client, newEmail, PASSWORD } from '../support/client.js';
import { openGate } from '../support/database-gate.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { productionSettings } from '../support/service-process.js';

const ROLE = `ready_${randomBytes(6).toString('hex')}`;
const TABLES =
  'users, refresh_tokens, signing_keys, resource_clients, revocations, auth_events, login_attempts';

let database: TestDatabase;
let admin: Postgres;
let settings: Record<string, string>;
let service: RunningService;
let client: Client;
const logged: { msg: string; level: number }[] = [];
/** Milliseconds by which the clock of the proof is ahead. */
let skew = 0;

beforeAll(async () => {
  database = await createDatabase();
  await migrate(database.url);
  admin = new Postgres(database.url);
  await admin.connect();
  await admin.query(`CREATE ROLE ${ROLE} LOGIN PASSWORD 'ready'`);
  await grant();
  const url = new URL(database.url);
  url.username = ROLE;
  url.password = 'ready';
  const { JWT_ACCESS_PRIVATE_KEY: _, ...rest } = productionSettings(url.href);
  settings = {
    ...rest,
    KEY_ENCRYPTION_SECRET: randomBytes(48).toString('base64url'),
    METRICS_TOKEN: randomBytes(24).toString('hex'),
    AUDIT: 'off',
    RATE_LIMIT: 'on',
    ACCOUNT_PROTECTION: 'on',
  };
  const now = performance.now.bind(performance);
  Object.defineProperty(performance, 'now', { configurable: true, value: () => now() + skew });
  await start();
});
afterAll(async () => {
  await service?.stop();
  Reflect.deleteProperty(performance, 'now');
  await admin.query(`DROP OWNED BY ${ROLE}`);
  await admin.query(`DROP ROLE ${ROLE}`);
  await admin.end();
  await database.drop();
});

beforeEach(() => void logged.splice(0));

const grant = () =>
  admin.query(`GRANT USAGE ON SCHEMA public TO ${ROLE};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${ROLE}`);

async function start(more: Record<string, string> = {}): Promise<void> {
  const lines = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged.push(JSON.parse(chunk.toString()));
      done();
    },
  });
  service = await startService(readConfiguration({ ...settings, ...more }), pino({ level: 'warn' }, lines));
  client = new Client(service.url);
}

const ready = async () => {
  const { status, body } = await client.get('/health/ready');
  return [status, status === 200 ? body.status : body.message];
};
const OK = [200, 'ok'];
/** A minute passes, after which everything is proved again. */
const later = () => {
  skew += 60_001;
  return ready();
};
/** A second passes, after which a failed proof is repeated. */
const soon = () => {
  skew += 1_001;
  return ready();
};
const rows = async () => {
  const counts = TABLES.split(', ').map((table) => `(SELECT count(*) FROM ${table})`);
  return (await admin.query(`SELECT ${counts.join(" || ' ' || ")} AS counts`)).rows[0].counts as string;
};
const about = (msg: string) => logged.filter((line) => line.msg === msg);

describe('the readiness check', () => {
  it('leaves no row, sends no notification, and proves once a minute for all who ask', async () => {
    const heard: string[] = [];
    const listener = new Postgres(database.url);
    await listener.connect();
    await listener.query(`LISTEN "${channelOf('"revocations"')}"`);
    listener.on('notification', ({ payload }) => heard.push(payload!));
    const before = await rows();
    await admin.query('CREATE SEQUENCE proofs');
    await admin.query(`GRANT USAGE ON SEQUENCE proofs TO ${ROLE}`);
    await admin.query(`CREATE FUNCTION count_proof() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM nextval('proofs'); RETURN NULL; END $$`);
    await admin.query(
      'CREATE TRIGGER counted AFTER INSERT ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION count_proof()',
    );
    const proofs = async () =>
      Number((await admin.query('SELECT last_value FROM proofs')).rows[0].last_value);

    const answers = await Promise.all(Array.from({ length: 100 }, ready));
    expect(answers).toEqual(Array.from({ length: 100 }, () => OK));
    expect(await proofs()).toBe(1);
    skew += 50_000;
    await Promise.all(Array.from({ length: 10 }, ready));
    expect(await proofs()).toBe(1);
    await Promise.all(Array.from({ length: 10 }, later));
    expect(await proofs()).toBeLessThanOrEqual(11);
    expect(await rows()).toBe(before);
    await listener.query('SELECT 1');
    expect(heard).toEqual([]);
    await listener.end();
    await admin.query('DROP FUNCTION count_proof CASCADE; DROP SEQUENCE proofs');
  });

  const SESSIONS = 'The database does not let this service write sessions.';
  it.each<[string, string, string, string]>([
    ['INSERT of sessions', `REVOKE INSERT ON refresh_tokens FROM ${ROLE}`, '', SESSIONS],
    ['UPDATE of sessions', `REVOKE UPDATE ON refresh_tokens FROM ${ROLE}`, '', SESSIONS],
    [
      'UPDATE of one column',
      `REVOKE UPDATE ON refresh_tokens FROM ${ROLE};
       GRANT UPDATE (previous_jti, current_jti, rotated_at, last_used_at, expires_at) ON refresh_tokens TO ${ROLE}`,
      '',
      SESSIONS,
    ],
    ['SELECT of sessions', `REVOKE SELECT ON refresh_tokens FROM ${ROLE}`, '', SESSIONS],
    [
      'the schema',
      `REVOKE USAGE ON SCHEMA public FROM ${ROLE}, PUBLIC`,
      'GRANT USAGE ON SCHEMA public TO PUBLIC',
      'The database does not let this service read users.',
    ],
    [
      'SELECT of users',
      `REVOKE SELECT ON users FROM ${ROLE}`,
      '',
      'The database does not let this service read users.',
    ],
    [
      'INSERT of revocations',
      `ALTER TABLE refresh_tokens DISABLE TRIGGER USER; REVOKE INSERT ON revocations FROM ${ROLE}`,
      'ALTER TABLE refresh_tokens ENABLE TRIGGER USER',
      'The database does not let this service write revocations.',
    ],
    ['INSERT of revocations, by the trigger', `REVOKE INSERT ON revocations FROM ${ROLE}`, '', SESSIONS],
    [
      'DELETE of login attempts',
      `REVOKE DELETE ON login_attempts FROM ${ROLE}`,
      '',
      'The database does not let this service count login attempts.',
    ],
    [
      'SELECT of signing keys',
      `REVOKE SELECT ON signing_keys FROM ${ROLE}`,
      '',
      'The database does not let this service read the signing keys.',
    ],
    [
      'a trigger that throws',
      `CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
       CREATE TRIGGER spoil BEFORE INSERT ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION spoil()`,
      'DROP FUNCTION spoil CASCADE',
      SESSIONS,
    ],
    [
      'a trigger that swallows rows',
      `CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
       CREATE TRIGGER spoil BEFORE INSERT ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION spoil()`,
      'DROP FUNCTION spoil CASCADE',
      SESSIONS,
    ],
    [
      'a trigger that throws at the commit',
      `CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
       CREATE CONSTRAINT TRIGGER spoil AFTER INSERT ON refresh_tokens DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION spoil()`,
      'DROP FUNCTION spoil CASCADE',
      SESSIONS,
    ],
    [
      'a full disk',
      `CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
       CREATE TRIGGER spoil BEFORE INSERT ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION spoil()`,
      'DROP FUNCTION spoil CASCADE',
      SESSIONS,
    ],
    [
      'a default from a sequence',
      `CREATE SEQUENCE seq; ALTER TABLE refresh_tokens ADD n bigint DEFAULT nextval('seq')`,
      'ALTER TABLE refresh_tokens DROP n; DROP SEQUENCE seq',
      SESSIONS,
    ],
    [
      'a constraint',
      'ALTER TABLE refresh_tokens ADD CONSTRAINT closed CHECK (false) NOT VALID',
      'ALTER TABLE refresh_tokens DROP CONSTRAINT closed',
      SESSIONS,
    ],
    [
      'a table that is away',
      'ALTER TABLE refresh_tokens RENAME TO elsewhere',
      'ALTER TABLE elsewhere RENAME TO refresh_tokens',
      SESSIONS,
    ],
    [
      'row-level security of users',
      'ALTER TABLE users ENABLE ROW LEVEL SECURITY',
      'ALTER TABLE users DISABLE ROW LEVEL SECURITY',
      'The database does not let this service read users.',
    ],
    [
      'a policy that hides users',
      `ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY new ON users FOR INSERT WITH CHECK (true);
       CREATE POLICY none ON users FOR SELECT USING (email LIKE '%.other')`,
      'ALTER TABLE users DISABLE ROW LEVEL SECURITY; DROP POLICY new ON users; DROP POLICY none ON users',
      'The database does not let this service read users.',
    ],
    [
      'row-level security of sessions',
      'ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY',
      'ALTER TABLE refresh_tokens DISABLE ROW LEVEL SECURITY',
      SESSIONS,
    ],
    [
      'a trigger that swallows revocations',
      `CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
       CREATE TRIGGER spoil BEFORE INSERT ON revocations FOR EACH ROW EXECUTE FUNCTION spoil()`,
      'DROP FUNCTION spoil CASCADE',
      'The database does not let this service read revocations.',
    ],
    [
      'row-level security of login attempts',
      'ALTER TABLE login_attempts ENABLE ROW LEVEL SECURITY',
      'ALTER TABLE login_attempts DISABLE ROW LEVEL SECURITY',
      'The database does not let this service count login attempts.',
    ],
    [
      'row-level security of signing keys',
      'ALTER TABLE signing_keys ENABLE ROW LEVEL SECURITY',
      'ALTER TABLE signing_keys DISABLE ROW LEVEL SECURITY',
      'There is no signing key.',
    ],
    [
      'UPDATE of instances',
      `REVOKE UPDATE ON auth_instances FROM ${ROLE}`,
      '',
      'The database does not let this service say that it runs.',
    ],
    [
      'row-level security of instances',
      'ALTER TABLE auth_instances ENABLE ROW LEVEL SECURITY',
      'ALTER TABLE auth_instances DISABLE ROW LEVEL SECURITY',
      'The database does not let this service say that it runs.',
    ],
  ])(
    'is 503 within a minute (%s), logs the cause once, and is green after the cure',
    async (_, spoil, cure, message) => {
      expect(await ready()).toEqual(OK);
      await admin.query(spoil);
      expect(await later()).toEqual([503, message]);
      for (let i = 0; i < 5; i++) expect(await ready()).toEqual([503, message]);
      expect(await soon()).toEqual([503, message]);
      expect(about(message)).toEqual([expect.objectContaining({ level: 50, err: expect.anything() })]);
      if (cure) await admin.query(cure);
      await grant();
      expect(await soon()).toEqual(OK);
      expect(about('Ready again')).toHaveLength(1);
    },
  );

  it('says nothing of the cause to whoever asks', async () => {
    await admin.query(`REVOKE INSERT ON refresh_tokens FROM ${ROLE}`);
    skew += 60_001;
    const { status, body, headers } = await client.get('/health/ready');
    expect([status, body.error, headers.get('retry-after')]).toEqual([503, 'UNAVAILABLE', '1']);
    expect(JSON.stringify(body)).not.toMatch(/permission|refresh_tokens|INSERT|insert/);
    await grant();
    await soon();
  });

  it('works with a foreign key of the host, with and without users', async () => {
    await admin.query(
      `ALTER TABLE refresh_tokens ADD COLUMN owner uuid GENERATED ALWAYS AS (user_id::uuid) STORED REFERENCES users (id)`,
    );
    expect(await later()).toEqual(OK);
    await client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    expect(await later()).toEqual(OK);
    await admin.query('ALTER TABLE refresh_tokens DROP COLUMN owner');
  });

  it('is green while the table is locked for a moment, and 503 if that goes on', async () => {
    expect(await ready()).toEqual(OK);
    await admin.query('BEGIN; LOCK TABLE refresh_tokens');
    expect(await later()).toEqual(OK);
    skew += 11_000;
    const busy = 'The database is too busy, or does not answer in time.';
    expect(await ready()).toEqual([503, busy]);
    await admin.query('ROLLBACK');
    expect(await soon()).toEqual(OK);
    expect(about(busy)).toHaveLength(1);
  });

  it('is green with a policy that lets the role see and write all users', async () => {
    await admin.query(
      `ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY every ON users USING (true)`,
    );
    expect(await later()).toEqual(OK);
    await admin.query('ALTER TABLE users DISABLE ROW LEVEL SECURITY; DROP POLICY every ON users');
  });

  it('waits with a sign of life that fails until half its time has passed', async () => {
    await admin.query(`REVOKE UPDATE ON auth_instances FROM ${ROLE}`);
    expect(await soon()).toEqual(OK);
    await grant();
  });

  it('has a metric', async () => {
    const metric = async () => {
      const { body } = await client.get('/metrics', { token: settings.METRICS_TOKEN! });
      return /^latchkey_ready (\d)$/m.exec(body as string)?.[1];
    };
    skew += 60_001;
    expect(await metric()).toBe('1');
    await admin.query(`REVOKE INSERT ON refresh_tokens FROM ${ROLE}`);
    skew += 60_001;
    expect(await metric()).toBe('0');
    await grant();
    await soon();
  });

  it('is 503 if KEY_ENCRYPTION_SECRET is another than that of the keys, or there is no key', async () => {
    expect(await ready()).toEqual(OK);
    await service.stop();
    await start({ KEY_ENCRYPTION_SECRET: randomBytes(48).toString('base64url') });
    expect(await ready()).toEqual([503, 'The signing keys cannot be opened with the configured secrets.']);
    const email = newEmail();
    expect((await client.post('/auth/register', { email, password: PASSWORD })).status).toBe(503);
    await service.stop();
    await start();
    expect(await ready()).toEqual(OK);
    await admin.query(
      `REVOKE INSERT ON signing_keys FROM ${ROLE}; UPDATE signing_keys SET retired_at = now()`,
    );
    expect(await later()).toEqual([503, 'There is no signing key.']);
    await admin.query('UPDATE signing_keys SET retired_at = NULL');
    await grant();
    expect(await soon()).toEqual(OK);
  });

  it('does not blame the database for the connection that it lost during the proof', async () => {
    await service.stop();
    const gate = await openGate(settings.DATABASE_URL!);
    await start({ DATABASE_URL: gate.url });
    expect(await ready()).toEqual(OK);
    await gate.refuse();
    expect(await later()).toEqual([503, 'The database does not answer.']);
    await gate.open();
    expect(await soon()).toEqual(OK);
    await service.stop();
    await gate.close();
    await start();
    const { rows: open } = await admin.query(
      `SELECT 1 FROM pg_stat_activity WHERE usename = $1 AND state LIKE 'idle in transaction%'`,
      [ROLE],
    );
    expect(open).toEqual([]);
  });
});
