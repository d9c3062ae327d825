// Covers docs/security.md, case 43, 44, 45.
import { request } from 'node:http';
import { newEmail, PASSWORD } from '../support/client.js';
import type { AdapterName } from '../support/host-app.js';
import { type Attacked, startAttacked } from './attacked-host.js';

const MISSING = [401, 'TOKEN_MISSING', 'Bearer realm="latchkey"'];
const INVALID = [401, 'INVALID_TOKEN', 'Bearer error="invalid_token"'];
const ACCEPTED = [200, undefined, undefined];

describe.each<AdapterName>(['express', 'fastify'])('how a token may be sent, on %s', (adapter) => {
  let attacked: Attacked;
  beforeAll(async () => {
    attacked = await startAttacked('ES256', { adapter });
  });
  afterAll(() => attacked.host.close());

  it.each<[string, (good: string) => string[], unknown[]]>([
    ['no header', () => [], MISSING],
    ['an empty header', () => [''], MISSING],
    ['only the scheme', () => ['Bearer'], MISSING],
    ['the scheme and a space', () => ['Bearer '], MISSING],
    ['another scheme', (good) => [`Basic ${good}`], MISSING],
    ['no scheme', (good) => [good], MISSING],
    ['two words after the scheme', (good) => [`Bearer ${good} ${good}`], INVALID],
    ['a comma after the token', (good) => [`Bearer ${good},`], INVALID],
    ['two joined by a comma', (good) => [`Bearer ${good}, Bearer ${good}`], INVALID],
    ['a quoted token', (good) => [`Bearer "${good}"`], INVALID],
    ['two headers, the first valid', (good) => [`Bearer ${good}`, 'Bearer x'], INVALID],
    ['two headers, the second valid', (good) => ['Bearer x', `Bearer ${good}`], INVALID],
    ['two headers, both valid', (good) => [`Bearer ${good}`, `Bearer ${good}`], INVALID],
    ['the scheme in lower case', (good) => [`bearer ${good}`], ACCEPTED],
    ['the scheme in upper case', (good) => [`BEARER ${good}`], ACCEPTED],
  ])('%s', async (_, headers, expected) => {
    expect(await send(`${attacked.host.client.url}/orders`, headers(attacked.forger.token))).toEqual(
      expected,
    );
  });

  it('a token in the query or in a form is ignored', async () => {
    const { host, forger } = attacked;
    for (const name of ['access_token', 'token', 'accessToken']) {
      expect((await host.client.get(`/orders?${name}=${forger.token}`)).body.error).toBe('TOKEN_MISSING');
    }
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const { status } = await host.client.call('/auth/logout-all', {
      raw: `access_token=${forger.token}`,
      headers: form,
    });
    expect([401, 415]).toContain(status);
    expect((await host.client.get('/orders', { token: forger.token })).status).toBe(200);
  });

  it('a valid token without the permission is told only that, not what is required (RFC 6750 §3.1)', async () => {
    const { host, forger } = attacked;
    const answer = await host.client.call('/orders/1', { method: 'DELETE', token: forger.token });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer error="insufficient_scope"',
    ]);
  });

  it('the header decides, whatever user the cookie belongs to', async () => {
    const { host, forger, account } = attacked;
    const other = (await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD })).body;
    const cookie = `access=${other.accessToken}`;
    const both = await host.client.get('/orders', { token: forger.token, cookie });
    expect(both.body.user.id).toBe(account.id);
    const bad = await host.client.get('/orders', { token: 'x', cookie });
    expect([bad.status, bad.body.error]).toEqual([401, 'INVALID_TOKEN']);
    expect((await host.client.get('/orders', { cookie })).body.user.id).toBe(other.user.id);
  });
});

/** Sends these `Authorization` headers unchanged: fetch would join or correct them. */
function send(url: string, authorization: string[]): Promise<unknown[]> {
  const headers = ['Host', new URL(url).host, ...authorization.flatMap((value) => ['Authorization', value])];
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => {
        const { error } = JSON.parse(text) as { error?: string };
        resolve([response.statusCode, error, response.headers['www-authenticate']]);
      });
    })
      .on('error', reject)
      .end();
  });
}
