import { Client } from 'pg';
import { AuthService } from '../../src/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { codeFor, enrolled, mfaOptions } from '../support/second-factors.js';

/** What a login reads and writes before it is answered, besides events. */
const OF_LOGINS = /"(users|refresh_tokens|login_attempts|auth_actions|auth_accounts|auth_factors)"/;

const hosts: Host[] = [];
let heard: string[] = [];
const query = Client.prototype.query as (...given: unknown[]) => unknown;

beforeAll(async () => {
  for (const mfa of [undefined, mfaOptions()]) hosts.push(await startHost({ options: { mfa } }));
  Client.prototype.query = function (this: Client, ...given: unknown[]) {
    const [statement] = given;
    heard.push(typeof statement === 'string' ? statement : (statement as { text: string }).text);
    return query.apply(this, given);
  } as typeof Client.prototype.query;
});
afterAll(async () => {
  Client.prototype.query = query as typeof Client.prototype.query;
  for (const host of hosts) await host.close();
});

async function statementsOf({ client }: Host, path: string, body: object) {
  heard = [];
  const answer = await client.post(path, body);
  return { answer, statements: heard.filter((text) => OF_LOGINS.test(text)) };
}

it('a login without a second factor takes two statements more: whether there is one, before and after the session begins', async () => {
  const taken = [];
  for (const host of hosts) {
    const { email } = await host.app.get(AuthService).createUser({ email: newEmail(), password: PASSWORD });
    const { answer, statements } = await statementsOf(host, '/auth/login', { email, password: PASSWORD });
    expect(answer.status).toBe(200);
    taken.push(statements);
  }
  const [without, having] = taken as [string[], string[]];
  expect(having).toHaveLength(without.length + 2);
  expect(having.filter((text) => /"auth_factors"/.test(text))).toHaveLength(2);
});

it('a second step takes thirteen statements, of which two are for the code: one reads the secret, one uses the code up', async () => {
  const host = hosts[1]!;
  const { email, secret } = await enrolled(host);
  const { body } = await host.client.post('/auth/login', { email, password: PASSWORD });
  const step = { mfaToken: body.mfaToken, code: codeFor(secret) };
  const { answer, statements } = await statementsOf(host, '/auth/login/mfa', step);
  expect(answer.status).toBe(200);
  expect(statements.filter((text) => /"auth_factors"/.test(text))).toHaveLength(2);
  expect(statements).toHaveLength(13);
});
