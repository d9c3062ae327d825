import { Client } from 'pg';
import { AccountAdmin, AuthService, TokensService } from '../../src/index.js';
import { MailSink } from '../../src/testing/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';

/** What a request reads and writes; not what the worker does with the mails of earlier ones. */
const ABOUT_ACCOUNTS =
  /auth_actions|auth_mails|auth_accounts|"?users"?\b|SAVEPOINT|pg_notify|^(BEGIN|START|COMMIT)/;
const OF_THE_WORKER = /WITH due|sent_at = clock_timestamp|array_append\(secrets|leased_until = NULL/;

const mails = new MailSink();
let host: Host;
let heard: string[] = [];
const query = Client.prototype.query as (...given: unknown[]) => unknown;

beforeAll(async () => {
  const many = { limit: 10_000, per: '1m' } as const;
  host = await startHost({
    options: {
      publicUrl: 'https://auth.example.com',
      accounts: { verification: 'required' },
      rateLimits: { register: many, mails: many },
      mail: { from: 'no-reply@example.com', transport: mails },
    },
  });
  Client.prototype.query = function (this: Client, ...given: unknown[]) {
    const [statement] = given;
    heard.push(typeof statement === 'string' ? statement : (statement as { text: string }).text);
    return query.apply(this, given);
  } as typeof Client.prototype.query;
});
afterAll(async () => {
  Client.prototype.query = query as typeof Client.prototype.query;
  await host?.close();
});

/** The statements of a request, in their order. */
async function statementsOf(path: string, body?: object, token?: string): Promise<string[]> {
  heard = [];
  const { status } = await host.client.post(path, body, { token });
  expect(status).toBe(202);
  return heard
    .filter((text) => ABOUT_ACCOUNTS.test(text) && !OF_THE_WORKER.test(text))
    .map((text) => text.replace(/^(RELEASE|ROLLBACK TO) SAVEPOINT/, 'END OF SAVEPOINT'));
}

const account = async () => host.app.get(AuthService).createUser({ email: newEmail(), password: PASSWORD });
const tokenOf = async (user: Awaited<ReturnType<typeof account>>) =>
  (await host.app.get(TokensService).issue(user)).accessToken;

/** Addresses behind which there is something else each. */
async function addresses(): Promise<Record<string, string>> {
  const [known, disabled, closing] = [await account(), await account(), await account()];
  await host.app.get(AccountAdmin).disable(disabled.id);
  const { status } = await host.client.call('/auth/me', { method: 'DELETE', token: await tokenOf(closing) });
  expect(status).toBe(202);
  return { unknown: newEmail(), known: known.email, disabled: disabled.email, closing: closing.email };
}

it.each<[string, string, (email: string) => object]>([
  ['A216: forgot', '/auth/password/forgot', (email) => ({ email })],
  ['A216: register', '/auth/register', (email) => ({ email, password: PASSWORD })],
  ['A232: change', '/auth/email', (newEmailAddress) => ({ newEmail: newEmailAddress })],
])('%s runs the same statements whatever is behind the address', async (_, path, body) => {
  const token = path === '/auth/email' ? await tokenOf(await account()) : undefined;
  const { unknown, ...others } = await addresses();
  const expected = await statementsOf(path, body(unknown!), token);
  expect(expected.filter((text) => text.includes('INSERT INTO')).length).toBeGreaterThan(1);
  expect(expected.join('\n')).toContain('SAVEPOINT');
  for (const [kind, email] of Object.entries(others))
    expect([kind, ...(await statementsOf(path, body(email), token))]).toEqual([kind, ...expected]);
});

it('A218: nor does it show that a mailbox has got too many mails', async () => {
  const { email } = await account();
  const expected = await statementsOf('/auth/password/forgot', { email });
  for (let i = 0; i < 3; i++)
    expect(await statementsOf('/auth/password/forgot', { email })).toEqual(expected);
});

it('resend runs the same statements whether or not the address is proven', async () => {
  const [unproven, proven] = [await account(), await account()];
  await host.database.query(
    'INSERT INTO auth_accounts (user_id, proven_email, proven_at) VALUES ($1, $2, now())',
    [proven.id, proven.email],
  );
  const expected = await statementsOf('/auth/email/verification', undefined, await tokenOf(unproven));
  expect(expected.join('\n')).toContain('auth_mails');
  expect(await statementsOf('/auth/email/verification', undefined, await tokenOf(proven))).toEqual(expected);
});
