import { randomBytes } from 'node:crypto';
import { type CliRun, expectNothingSecret, runCli } from '../support/cli.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { describeWithRedis, freePort, startRedis } from '../support/redis.js';
import { productionSettings, PUBLIC_URL } from '../support/service-process.js';

let database: TestDatabase;
let settings: Record<string, string>;
beforeAll(async () => {
  database = await createDatabase();
  const { JWT_ACCESS_PRIVATE_KEY: _, ...rest } = productionSettings(database.url);
  settings = { ...rest, KEY_ENCRYPTION_SECRET: randomBytes(48).toString('base64url'), RATE_LIMIT: 'on' };
});
afterAll(() => database.drop());

const inJson = async (...args: string[]) => {
  const { code, stdout } = await runCli([...args, '--json'], settings);
  return { code, data: JSON.parse(stdout) };
};
const expectNoSecrets = (answer: CliRun, ...others: string[]) =>
  expectNothingSecret(answer, [settings.KEY_ENCRYPTION_SECRET!, settings.JWT_REFRESH_SECRET!, ...others]);

describe('latchkey doctor', () => {
  const states = (findings: { check: string; state: string }[]) =>
    Object.fromEntries(findings.map(({ check, state }) => [check, state]));

  it('finds a sound service sound', async () => {
    await runCli(['migrate'], settings);
    await runCli(['keys', 'list'], settings);
    const { code, data } = await inJson('doctor');
    expect(data.findings).toContainEqual({ check: 'issuer', state: 'ok', message: PUBLIC_URL });
    expect(states(data.findings)).toMatchObject({
      configuration: 'ok',
      database: 'ok',
      clock: 'ok',
      schema: 'ok',
      keys: 'ok',
    });
    expect(data.findings.map(({ check }: { check: string }) => check)).not.toContain('redis');
    expect(code).toBe(0);
  });

  it('names every problem of the configuration and no secret', async () => {
    const answer = await runCli(['doctor'], {
      JWT_REFRESH_SECRET: 'hunter2',
      PORT: 'x',
      KEY_PUBLISH_AHEAD: 'soon',
    });
    expect(answer.code).toBe(1);
    for (const name of ['DATABASE_URL', 'JWT_REFRESH_SECRET', 'JWT_ACCESS_PRIVATE_KEY', 'PORT'])
      expect(answer.stderr).toContain(name);
    expectNoSecrets(answer, 'hunter2');
  });

  it('says what to do when the database is away', async () => {
    const url = new URL(database.url);
    url.port = String(await freePort());
    const answer = await runCli(['doctor'], { ...settings, DATABASE_URL: url.href });
    expect([answer.code, answer.stderr]).toEqual([
      1,
      expect.stringMatching(/✘ database .*check DATABASE_URL/),
    ]);
    expectNoSecrets(answer, url.password);
  });

  it('names an address that is missing', async () => {
    const { PUBLIC_URL: _, ...rest } = settings;
    const answer = await runCli(['doctor'], rest);
    expect([answer.code, answer.stderr]).toEqual([
      1,
      expect.stringMatching(/✘ configuration +PUBLIC_URL is missing: .*https:/),
    ]);
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ JWT_ISSUER: 'latchkey' }, /! issuer +JWT_ISSUER is not a URL/],
    [{ JWT_ISSUER: 'https://other.example.com' }, /! issuer +JWT_ISSUER differs from PUBLIC_URL/],
    [{ PUBLIC_URL: 'http://127.0.0.1:3000' }, /! configuration +PUBLIC_URL begins with http:/],
    [{ JWT_ACCEPTED_ISSUERS: 'latchkey' }, /! issuer +JWT_ACCEPTED_ISSUERS is set: remove it when the move/],
    [{ JWT_ISSUER: `${PUBLIC_URL}/` }, /! issuer +JWT_ISSUER differs from PUBLIC_URL/],
    [{ PUBLIC_URL: `${PUBLIC_URL}/` }, /✔ issuer +https:\/\/auth\.example\.com$/m],
    [{ PUBLIC_URL: '', JWT_ISSUER: 'https://a.example/x' }, /✔ issuer +https:\/\/a\.example\/x$/m],
  ])('looks at the issuer: %j', async (env, expected) => {
    const DATABASE_URL = `postgres://127.0.0.1:${await freePort()}/none`;
    const answer = await runCli(['doctor'], { ...settings, DATABASE_URL, ...env });
    expect(answer.stderr).toMatch(expected);
  });

  it('warns of a metrics token that can be guessed', async () => {
    const DATABASE_URL = `postgres://127.0.0.1:${await freePort()}/none`;
    const METRICS_TOKEN = 'hunter2-and-a-mockingbird';
    const answer = await runCli(['doctor'], { ...settings, DATABASE_URL, METRICS_TOKEN });
    expect(answer.stderr).toMatch(/! configuration .*METRICS_TOKEN is short enough to be guessed/);
    expectNoSecrets(answer, 'hunter2');
  });

  it('warns of partitioned cookies that browsers would not send in frames', async () => {
    const away = { ...settings, DATABASE_URL: `postgres://127.0.0.1:${await freePort()}/none` };
    const partitioned = { ...away, COOKIE_PARTITIONED: 'on' };
    expect((await runCli(['doctor'], partitioned)).stderr).toMatch(
      /! configuration .*COOKIE_PARTITIONED does nothing/,
    );
    const inFrames = { ...partitioned, COOKIE_SAME_SITE: 'none' };
    expect((await runCli(['doctor'], inFrames)).stderr).not.toContain('COOKIE_PARTITIONED');
  });

  it('warns of everything in the configuration that works but is unsafe', async () => {
    const answer = await runCli(['doctor'], {
      ...settings,
      DATABASE_URL: `postgres://127.0.0.1:${await freePort()}/none`,
      TRUST_PROXY: '10.0.0.0/8,0.0.0.0/1',
      JWT_ACCESS_TTL: '30d',
      SESSION_ABSOLUTE_TTL: '400d',
      CORS_ORIGINS: 'http://app.example.com',
    });
    for (const name of [
      'TRUST_PROXY trusts',
      'JWT_ACCESS_TTL is',
      'SESSION_ABSOLUTE_TTL is',
      'CORS_ORIGINS names',
    ])
      expect(answer.stderr).toMatch(new RegExp(`^! configuration .*${name}`, 'm'));
  });

  it('refuses what the service refuses', async () => {
    const weak = { METRICS_TOKEN: '1', JWT_ACCESS_TTL: '365d', JWT_REFRESH_SECRET: 'change-me-'.repeat(4) };
    const answer = await runCli(['doctor'], { ...settings, ...weak });
    expect(answer.code).toBe(1);
    for (const name of ['METRICS_TOKEN', 'JWT_ACCESS_TTL'])
      expect(answer.stderr).toMatch(`✘ configuration  ${name}`);
  });

  it('warns of variables nobody reads, and of none of their values', async () => {
    const away = { DATABASE_URL: `postgres://127.0.0.1:${await freePort()}/none` };
    for (const env of [away, { PORT: 'x' }]) {
      const answer = await runCli(['doctor'], { ...settings, ...env, JWT_ACCES_TTL: 'hunter2' });
      expect(answer.stderr).toMatch(
        /^! configuration .*JWT_ACCES_TTL is unknown .*did you mean JWT_ACCESS_TTL\?$/m,
      );
      expectNoSecrets(answer, 'hunter2');
    }
  });

  it('says what to do when Redis is away', async () => {
    const answer = await runCli(['doctor'], {
      ...settings,
      REDIS_URL: `redis://:hunter2@127.0.0.1:${await freePort()}`,
    });
    expect([answer.code, answer.stderr]).toEqual([1, expect.stringMatching(/✘ redis .*check REDIS_URL/)]);
    expectNoSecrets(answer, 'hunter2');
  });

  describeWithRedis('with Redis', () => {
    it('finds it', async () => {
      const redis = await startRedis();
      const { stdout } = await runCli(['doctor', '--json'], { ...settings, REDIS_URL: redis.url });
      expect(states(JSON.parse(stdout).findings)).toMatchObject({ redis: 'ok' });
      await redis.close();
    });
  });
});
