import { randomBytes } from 'node:crypto';
import { examineFactors } from '../../src/index.js';
import { IN_THE_SERVICE } from '../../src/cli/advice.js';
import { expectNothingSecret, runCli } from '../support/cli.js';
import { type Host, startHost } from '../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { enrolled } from '../support/second-factors.js';
import { productionSettings } from '../support/service-process.js';

const secret = () => randomBytes(48).toString('base64url');
const [older, newer, other] = [secret(), secret(), secret()];
const ROLE = `doctor_${randomBytes(6).toString('hex')}`;

let database: TestDatabase;
let host: Host;
beforeAll(async () => {
  database = await createMigratedDatabase();
  host = await startHost({ databaseUrl: database.url, options: { mfa: { encryptionSecrets: older } } });
});
beforeEach(async () => {
  await host.database.query('DELETE FROM auth_factors');
  await enrolled(host);
  await enrolled(host);
});
afterAll(async () => {
  await host?.close();
  await database?.drop();
});

const factors = async (...secrets: string[]) => {
  const found = await examineFactors(host.database, secrets, IN_THE_SERVICE);
  return found.map(({ state, message }) => [state, message]);
};

describe('the secrets of authenticator apps that the doctor examines', () => {
  it('are fine if the newest encryption secret decrypts them', async () => {
    const fine = [['ok', '2 secrets of authenticator apps are encrypted under the newest secret']];
    expect(await factors(older)).toEqual(fine);
  });

  it('are counted where they still need an older encryption secret', async () => {
    expect(await factors(newer, older)).toEqual([
      [
        'warning',
        expect.stringMatching(/^2 of 2 secrets .* under an older secret: run latchkey mfa rotate before/),
      ],
    ]);
  });

  it('are a problem where no encryption secret decrypts them', async () => {
    expect(await factors(other)).toEqual([
      [
        'problem',
        expect.stringMatching(/^2 of 2 secrets .* cannot be decrypted: .*back into MFA_ENCRYPTION_SECRET/),
      ],
    ]);
  });

  it('are a problem in the row of somebody else', async () => {
    const rows = await host.database.query('SELECT id, secret FROM auth_factors WHERE secret IS NOT NULL');
    await host.database.query('UPDATE auth_factors SET secret = $2 WHERE id = $1', [
      rows[0].id,
      rows[1].secret,
    ]);
    expect(await factors(older)).toEqual([
      ['problem', expect.stringMatching(/^1 of 2 secrets .* cannot be decrypted/)],
    ]);
  });
});

it('latchkey doctor examines factors and passkeys where they are on, and the privileges on their tables', async () => {
  await host.database.query(`CREATE ROLE ${ROLE} LOGIN PASSWORD 'doctor'`);
  await host.database.query(`GRANT USAGE ON SCHEMA public TO ${ROLE};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${ROLE};
    REVOKE UPDATE ON auth_factors, auth_passkeys FROM ${ROLE}`);
  const url = new URL(database.url);
  [url.username, url.password] = [ROLE, 'doctor'];
  const examine = async (env: Record<string, string>) => {
    const answer = await runCli(['doctor', '--json'], { ...productionSettings(url.href), ...env });
    expectNothingSecret(answer, [older, newer, other]);
    return JSON.parse(answer.stdout).findings as { check: string; state: string; message: string }[];
  };
  const on = await examine({
    MFA_ENCRYPTION_SECRET: `${newer},${older}`,
    WEBAUTHN_RP_ID: 'example.com',
    WEBAUTHN_ORIGINS: 'https://app.example.com',
    ACCOUNT_PAGES: 'on',
  });
  const about = (check: string) =>
    on.filter((finding) => finding.check === check).map(({ message }) => message);
  expect(about('factors')).toEqual([expect.stringContaining('run latchkey mfa rotate')]);
  expect(about('passkeys')).toEqual([expect.stringMatching(/^the account pages are at .*WEBAUTHN_ORIGINS/)]);
  expect(about('grants')).toEqual([
    expect.stringContaining('UPDATE on "auth_passkeys"'),
    expect.stringContaining('UPDATE on "auth_factors"'),
  ]);
  const off = await examine({});
  expect(off.map(({ check }) => check)).not.toContain('factors');
  expect(off.map(({ check }) => check)).not.toContain('passkeys');
  expect(off.filter(({ check }) => check === 'grants').map(({ state }) => state)).toEqual(['ok']);
  await host.database.query(`DROP OWNED BY ${ROLE}; DROP ROLE ${ROLE}`);
});
