// Covers docs/security.md, case 27.
import { randomBytes } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import * as fc from 'fast-check';
import { type SigningAlgorithm, TokensService } from '../../src/index.js';
import { generatePem } from '../../src/keys/signing-key.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { leastProcessorMs } from '../support/processor-time.js';

const secret = () => randomBytes(48).toString('base64url');
const RUNS = 400;
const MAX_MS = 20;

/** What may happen to a text in transit, or on purpose. */
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat({ max: 6 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), length: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(), length: fc.integer({ min: 1, max: 40 }) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(),
    text: fc.string({ minLength: 1, maxLength: 8 }),
  }),
  fc.record({
    kind: fc.constant('segments' as const),
    order: fc.array(fc.nat({ max: 2 }), { maxLength: 5 }),
  }),
  fc.record({
    kind: fc.constant('recode' as const),
    segment: fc.nat({ max: 2 }),
    as: fc.constantFrom('base64', 'hex', 'latin1', 'base64url='),
  }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer Made> ? Made : never;

function mutate(token: string, change: Mutation): string {
  const at = 'at' in change ? change.at % token.length : 0;
  switch (change.kind) {
    case 'flip':
      return (
        token.slice(0, at) +
        String.fromCharCode(token.charCodeAt(at) ^ (1 << change.bit)) +
        token.slice(at + 1)
      );
    case 'cut':
      return token.slice(0, at) + token.slice(at + change.length);
    case 'repeat':
      return token.slice(0, at + change.length) + token.slice(at);
    case 'insert':
      return token.slice(0, at) + change.text + token.slice(at);
    case 'segments':
      return change.order.map((index) => token.split('.')[index]).join('.');
    case 'recode':
      return token
        .split('.')
        .map((segment, i) => (i === change.segment ? recode(segment, change.as) : segment))
        .join('.');
  }
}

function recode(segment: string, as: string): string {
  if (as === 'base64url=') return `${segment}${'='.repeat((4 - (segment.length % 4)) % 4)}`;
  return Buffer.from(segment, 'base64url').toString(as as BufferEncoding);
}

describe.each<SigningAlgorithm>(['HS256', 'ES256', 'RS256', 'EdDSA'])(
  'a valid token after any change, %s',
  (algorithm) => {
    let host: Host;
    let pair: { accessToken: string; refreshToken: string };

    beforeAll(async () => {
      const key =
        algorithm === 'HS256'
          ? { accessSecret: secret() }
          : { accessPrivateKey: await generatePem(algorithm) };
      host = await startHost({
        adapter: 'fastify',
        options: { jwt: { algorithm, refreshSecret: secret(), ...key } },
      });
      pair = (await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD })).body;
    });
    afterAll(() => host.close());

    const expectRefused = (
      token: () => string,
      verify: (tokens: TokensService, text: string) => Promise<unknown>,
      code: string,
    ) =>
      fc.assert(
        fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (changes) => {
          const text = changes.reduce(mutate, token());
          fc.pre(text !== token());
          const outcome = await timed(() => verify(host.app.get(TokensService), text));
          expect(outcome.code).toBe(code);
          expect(outcome.ms).toBeLessThan(MAX_MS);
        }),
        { numRuns: RUNS },
      );

    it('is no longer an access token', () =>
      expectRefused(
        () => pair.accessToken,
        (tokens, text) => tokens.verify(text),
        'INVALID_TOKEN',
      ));

    it('is no longer a refresh token', () =>
      expectRefused(
        () => pair.refreshToken,
        (tokens, text) => tokens.rotate(text),
        'INVALID_REFRESH_TOKEN',
      ));

    it('is refused with any single bit of any byte flipped, and no key is requested', async () => {
      const asked = new Set<unknown>();
      const note = (message: unknown) => asked.add(message);
      subscribe('net.client.socket', note);
      const tokens = host.app.get(TokensService);
      for (let at = 0; at < pair.accessToken.length; at++) {
        const text = mutate(pair.accessToken, { kind: 'flip', at, bit: at % 7 });
        await expect(tokens.verify(text)).rejects.toMatchObject({ code: 'INVALID_TOKEN' });
      }
      unsubscribe('net.client.socket', note);
      expect(asked.size).toBe(0);
    });

    it('both tokens still work unchanged', async () => {
      expect((await host.client.get('/orders', { token: pair.accessToken })).status).toBe(200);
      expect((await host.client.post('/auth/refresh', { refreshToken: pair.refreshToken })).status).toBe(200);
    });
  },
);

async function timed(work: () => Promise<unknown>): Promise<{ code: string; ms: number }> {
  let code = '';
  const attempt = async () => {
    code = await work().then(
      () => 'accepted',
      (error: { code?: string }) => error.code ?? String(error),
    );
  };
  const ms = await leastProcessorMs(attempt, MAX_MS);
  return { code, ms };
}
