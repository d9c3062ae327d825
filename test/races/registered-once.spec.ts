// What is recorded of a registration that fails after the account has been created.
import { AuditTrail } from '../../src/index.js';
import { DeviceProofs } from '../../src/tokens/device-proofs.js';
import { before } from '../support/before.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { RecordedMails, tokenFor } from '../support/recorded-mails.js';

const fail = () => Promise.reject(new Error('no'));

describe.each(['optional', 'required'] as const)('with an address whose proof is %s', (verification) => {
  let host: Host;
  let restore = () => {};
  let claimsFail = false;
  beforeAll(async () => {
    host = await startHost({
      parts: { accountMails: RecordedMails },
      options: {
        publicUrl: 'https://auth.example.com',
        accounts: { verification },
        claims: () => (claimsFail ? fail() : {}),
      },
    });
  });
  afterEach(() => {
    restore();
    claimsFail = false;
  });
  afterAll(() => host?.close());

  /** Sends the request that creates the account, in the same browser. */
  const register = async (email: string, meanwhile: () => void) => {
    const call = async (path: string, body: object, cookie?: string) =>
      host.client.post(path, body, { cookie });
    if (verification === 'optional') {
      meanwhile();
      return call('/auth/register', { email, password: PASSWORD });
    }
    await call('/auth/register', { email, password: PASSWORD });
    const token = await tokenFor(host, email, 'confirm-registration');
    meanwhile();
    return call('/auth/register/confirm', { token, password: PASSWORD });
  };
  const registrations = async (email: string) => {
    await host.app.get(AuditTrail).flush();
    return host.database.query(
      `SELECT session_id AS "sessionId" FROM auth_events
       WHERE type = 'registered' AND user_id = (SELECT id::text FROM users WHERE email = $1)`,
      [email],
    );
  };

  it('a registration is recorded with its session', async () => {
    const email = newEmail();
    const { status } = await register(email, () => undefined);
    expect([status, await registrations(email)]).toEqual([201, [{ sessionId: expect.any(String) }]]);
  });

  it('is recorded without a session if none could start', async () => {
    const email = newEmail();
    const { status } = await register(email, () => (claimsFail = true));
    expect([status, await registrations(email)]).toEqual([500, [{ sessionId: null }]]);
  });

  it('is recorded once if something fails after the session has started', async () => {
    const email = newEmail();
    const { status } = await register(email, () => {
      restore = before(DeviceProofs.prototype, ['issue'], fail);
    });
    expect([status, await registrations(email)]).toEqual([500, [{ sessionId: expect.any(String) }]]);
  });
});
