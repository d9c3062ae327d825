import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { type SigningAlgorithm, TokensService } from '../../src/index.js';
import { generatePem, keyFromPem, keyFromSecret } from '../../src/keys/signing-key.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { claimCases } from './cases-claims.js';
import { formatCases } from './cases-format.js';
import { headerCases } from './cases-header.js';
import type { Forger } from './forge.js';

const ALGORITHMS: SigningAlgorithm[] = ['HS256', 'ES256', 'RS256', 'EdDSA'];
const MAX_MS = 20;

const secret = () => randomBytes(48).toString('base64url');
const decode = (token: string, part: 0 | 1) =>
  JSON.parse(Buffer.from(token.split('.')[part]!, 'base64url').toString()) as Record<string, unknown>;

async function keyMaterial(algorithm: SigningAlgorithm) {
  const text = algorithm === 'HS256' ? secret() : await generatePem(algorithm);
  return algorithm === 'HS256'
    ? { options: { accessSecret: text }, key: keyFromSecret(text, algorithm) }
    : { options: { accessPrivateKey: text }, key: keyFromPem(text, algorithm) };
}

describe.each(ALGORITHMS)('forged access tokens, %s', (algorithm) => {
  let host: Host;
  let forger: Forger;
  let listener: Server;
  let outgoing = 0;

  beforeAll(async () => {
    listener = createServer(() => outgoing++).listen(0, '127.0.0.1');
    const { options, key } = await keyMaterial(algorithm);
    host = await startHost({
      adapter: 'fastify',
      options: { jwt: { algorithm, refreshSecret: secret(), ...options } },
    });
    const { body } = await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
    const claims = decode(body.accessToken, 1);
    forger = {
      algorithm,
      key,
      foreign: (await keyMaterial(algorithm)).key,
      token: body.accessToken,
      header: decode(body.accessToken, 0),
      claims,
      refreshToken: body.refreshToken,
      listener: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
      now: claims.iat as number,
    };
  });
  // Times in the cases are counted from the good token's birth.
  beforeEach(() => {
    host.clock.offset = forger.now * 1000 - Date.now();
  });
  afterAll(async () => {
    await host.close();
    listener.close();
  });

  const cases = [...headerCases, ...claimCases, ...formatCases].filter(
    ({ only }) => only?.(algorithm) ?? true,
  );

  it.each(cases.map((attack) => [`case ${attack.case}: ${attack.name}`, attack] as const))(
    '%s',
    async (_, attack) => {
      const token = attack.forge(forger);
      const expected = attack.expect ?? 'INVALID_TOKEN';
      const answer = canBeSent(token) ? await overHttp(token) : ANSWERS[expected];
      expect(answer).toEqual(ANSWERS[expected]);
      const { outcome, ms } = await byFunction(token);
      expect(outcome).toBe(expected);
      expect(ms).toBeLessThan(MAX_MS);
      expect(outgoing).toBe(0);
    },
  );

  it('after all of this a good token works, and nothing was polluted', async () => {
    expect((await host.client.get('/orders', { token: forger.token })).status).toBe(200);
    expect(({} as Record<string, unknown>).roles).toBeUndefined();
  });

  async function overHttp(token: string): Promise<unknown[]> {
    const { status, body, headers } = await host.client.get('/orders', {
      headers: { authorization: `Bearer ${token}` },
    });
    const roles = body.user?.roles; // whatever is said elsewhere in the token, these come from the signed claim
    return [status, body.error, headers.get('www-authenticate'), roles];
  }

  /** What comes of it, and how long it takes: the best of three runs, on a machine that does other things too. */
  async function byFunction(token: string): Promise<{ outcome: string; ms: number }> {
    let ms = Infinity;
    let outcome = '';
    for (let i = 0; i < 3; i++) {
      const began = performance.now();
      outcome = await host.app
        .get(TokensService)
        .verify(token)
        .then(
          ({ jti }) => (jti === forger.claims.jti ? 'accepted' : jti),
          (error: { code: string }) => error.code,
        );
      ms = Math.min(ms, performance.now() - began);
    }
    return { outcome, ms };
  }
});

const REFUSED = (code: string) => [401, code, 'Bearer error="invalid_token"', undefined];
const ANSWERS = {
  accepted: [200, undefined, null, []],
  INVALID_TOKEN: REFUSED('INVALID_TOKEN'),
  TOKEN_EXPIRED: REFUSED('TOKEN_EXPIRED'),
};

/** HTTP drops white space around a header, and has no room for other characters than these. */
function canBeSent(token: string): boolean {
  return /^[\t\x20-\xff]*$/.test(token) && token === token.trim();
}
