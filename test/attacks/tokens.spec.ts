import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { TokensService } from '../../src/index.js';
import type { Host } from '../support/host-app.js';
import { leastProcessorMs } from '../support/processor-time.js';
import { ALGORITHMS, startAttacked } from './attacked-host.js';
import { algorithmCases } from './cases-algorithms.js';
import { claimCases } from './cases-claims.js';
import { formatCases } from './cases-format.js';
import { headerCases } from './cases-header.js';
import type { Forger } from './forge.js';

const MAX_MS = 20;
/** Node itself answers 431 above 16 kB of headers. */
const MAX_HEADER = 15_000;

describe.each(ALGORITHMS)('forged access tokens, %s', (algorithm) => {
  let host: Host;
  let forger: Forger;
  let listener: Server;
  let outgoing = 0;

  beforeAll(async () => {
    listener = createServer(() => outgoing++).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    ({ host, forger } = await startAttacked(algorithm, { listener: `http://127.0.0.1:${port}` }));
  });
  // Times in the cases are relative to the moment when the valid token was issued.
  beforeEach(() => {
    host.clock.offset = forger.now * 1000 - Date.now();
  });
  afterAll(async () => {
    await host.close();
    listener.close();
  });

  const cases = [...algorithmCases, ...headerCases, ...claimCases, ...formatCases].filter(
    ({ only }) => only?.(algorithm) ?? true,
  );

  it.each(cases.map((attack) => [attack.name, attack] as const))('%s', async (_, attack) => {
    const token = attack.forge(forger);
    const expected = attack.expect ?? 'INVALID_TOKEN';
    const answer = canBeSent(token) ? await overHttp(token) : ANSWERS[expected];
    expect(answer).toEqual(ANSWERS[expected]);
    const { outcome, ms } = await byFunction(token);
    expect(outcome).toBe(expected);
    expect(ms).toBeLessThan(MAX_MS);
    expect(outgoing).toBe(0);
  });

  it('after all this, a valid token works, and no prototype was polluted', async () => {
    expect((await host.client.get('/orders', { token: forger.token })).status).toBe(200);
    expect(({} as Record<string, unknown>).roles).toBeUndefined();
  });

  async function overHttp(token: string): Promise<unknown[]> {
    const { status, body, headers } = await host.client.get('/orders', {
      headers: { authorization: `Bearer ${token}` },
    });
    const roles = body.user?.roles; // whatever the rest of the token says, these come from the signed claim
    return [status, body.error, headers.get('www-authenticate'), roles];
  }

  async function byFunction(token: string): Promise<{ outcome: string; ms: number }> {
    let outcome = '';
    const verify = async () => {
      outcome = await host.app
        .get(TokensService)
        .verify(token)
        .then(
          ({ jti }) => (jti === forger.claims.jti ? 'accepted' : jti),
          (error: { code: string }) => error.code,
        );
    };
    const ms = await leastProcessorMs(verify, MAX_MS);
    return { outcome, ms };
  }
});

const REFUSED = (code: string) => [401, code, 'Bearer error="invalid_token"', undefined];
const ANSWERS = {
  accepted: [200, undefined, null, []],
  INVALID_TOKEN: REFUSED('INVALID_TOKEN'),
  TOKEN_EXPIRED: REFUSED('TOKEN_EXPIRED'),
};

/** HTTP strips white space around a header, and limits its length and the characters in it. */
function canBeSent(token: string): boolean {
  if (token.length > MAX_HEADER) return false;
  return /^[\t\x20-\xff]*$/.test(token) && token === token.trim();
}
