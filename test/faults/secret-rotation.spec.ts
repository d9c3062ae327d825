import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyFromSecret } from '../../src/keys/signing-key.js';
import { runService } from '../support/service-process.js';
import { PASSWORD, newEmail } from '../support/client.js';
import { until } from '../support/until.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { count } from './support/report.js';
import { productionSettings, type ServiceProcess, startBuilt } from './support/service.js';
import { RATE, SteadyLoad } from './support/steady-load.js';

const CLI = join(import.meta.dirname, '../../dist/cli/main.js');
const INSTANCES = 3;
const DOCTOR_EVERY_MS = 3_000;

type Secrets = Record<string, string>;
type Finding = { check: string; state: string; message: string };

const secret = () => randomBytes(36).toString('base64url');

/** Short, so that the old secrets can be removed while the test runs. */
const LIFETIMES = { JWT_ACCESS_TTL: '10s', JWT_REFRESH_TTL: '30s', CLOCK_TOLERANCE: '0s' };

const VARIABLES: [string, string[], Record<string, string>][] = [
  [
    'with a key ring, whose keys change meanwhile',
    ['JWT_REFRESH_SECRET', 'KEY_ENCRYPTION_SECRET', 'PASSWORD_PEPPER'],
    { KEY_ROTATE_EVERY: '20s', KEY_PUBLISH_AHEAD: '5s' },
  ],
  ['with HS256', ['JWT_REFRESH_SECRET', 'JWT_ACCESS_SECRET', 'PASSWORD_PEPPER'], { JWT_ALGORITHM: 'HS256' }],
];

let database: OwnPostgres;
beforeEach(async () => (database = await startOwnPostgres()), 60_000);
afterEach(() => database?.close());

describe.each(VARIABLES)('all secrets of three instances under load, %s', (_, names, others) => {
  const made = (): Secrets => Object.fromEntries(names.map((name) => [name, secret()]));
  const settings = (secrets: Secrets) => {
    const { JWT_ACCESS_PRIVATE_KEY: _unused, ...production } = productionSettings(database.url);
    return { ...production, ...LIFETIMES, ...others, ...secrets };
  };
  const doctor = async (secrets: Secrets): Promise<Finding[]> => {
    await sleep(DOCTOR_EVERY_MS); // each takes seconds of a processor that the load needs
    const child = runService(settings(secrets), [process.execPath, CLI, 'doctor', '--json']);
    let output = '';
    child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await new Promise((resolve) => child.once('close', resolve));
    return (JSON.parse(output) as { findings: Finding[] }).findings;
  };
  const secretsOf = async (secrets: Secrets) =>
    (await doctor(secrets)).filter(({ check }) => check === 'secrets').map(({ message }) => message);

  it('change by two restarts of one after the other, without one wrong answer', async () => {
    const old = made();
    const next = made();
    const both = Object.fromEntries(names.map((name) => [name, `${next[name]},${old[name]}`]));
    const instances: ServiceProcess[] = [];
    for (let i = 0; i < INSTANCES; i++) instances.push(await startBuilt(settings(old)));
    const load = new SteadyLoad(new Set(instances.map(({ client }) => client.url)));
    const restart = async (index: number, secrets: Secrets) => {
      await load.takeOut(instances[index]!.client.url);
      expect(await instances[index]!.end()).toBe(0);
      instances[index] = await startBuilt(settings(secrets));
      load.urls.add(instances[index]!.client.url);
    };
    try {
      await sleep(2_000);
      await restart(0, both);
      for (const message of await secretsOf(both))
        expect(message).toMatch(/^1 of 3 instances knows the newest/);
      expect(load.wrong).toEqual([]);
      await restart(1, both);
      await restart(2, both);
      await until(async () => (await secretsOf(both)).every((message) => /use the newest/.test(message)));
      expect(await kidOf(instances[0]!)).toBe(keyFromSecret(next.JWT_REFRESH_SECRET!, 'HS256').kid);

      // One with the old secrets alone would refuse what the others make by now.
      await expect(startBuilt(settings(old))).rejects.toThrow(/lacks the secret that the instance/);
      expect(load.wrong).toEqual([]);

      await until(async () => {
        const messages = await secretsOf(both);
        return (
          messages.length === names.length && messages.every((message) => /can be removed now/.test(message))
        );
      });
      for (let i = 0; i < INSTANCES; i++) await restart(i, next);
      await sleep(5_000);
      expect(await secretsOf(next)).toEqual(['all instances know and use those of this configuration']);
    } finally {
      await load.end();
      await Promise.all(instances.map((instance) => instance.end('SIGKILL')));
      count(
        `requests while all secrets changed (${load.rate} of ${RATE} per second, ${load.logins} logins)`,
        load.sent,
      );
    }
    expect(load.wrong).toEqual([]);
    expect(load.logins).toBeGreaterThan(0);
  }, 420_000);
});

/** The key that signs the refresh token of a new session. */
async function kidOf({ client }: ServiceProcess): Promise<string> {
  const { body } = await client.post('/auth/register', { email: newEmail(), password: PASSWORD });
  const [header] = (body.refreshToken as string).split('.');
  return (JSON.parse(Buffer.from(header!, 'base64url').toString()) as { kid: string }).kid;
}
