// Covers docs/security.md, case 18.
import { constants, sign } from 'node:crypto';
import { TokensService } from '../../src/index.js';
import { startAttacked, type Attacked } from './attacked-host.js';
import { encode } from './forge.js';

describe('forged access tokens, PS256', () => {
  let attacked: Attacked;
  beforeAll(async () => {
    attacked = await startAttacked('PS256');
  });
  afterAll(() => attacked.host.close());

  const resigned = (saltLength: number): string => {
    const { token, key } = attacked.forger;
    const input = token.slice(0, token.lastIndexOf('.'));
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const signature = sign('sha256', Buffer.from(input), { key: key.privateKey, padding, saltLength });
    return `${input}.${encode(signature)}`;
  };
  const outcome = async (token: string) => {
    const verified = attacked.host.app.get(TokensService).verify(token);
    const byFunction = await verified.then(
      () => 'accepted',
      ({ code }: { code: string }) => code,
    );
    const { status } = await attacked.host.client.get('/orders', { token });
    return [byFunction, status];
  };

  // RFC 7518 §3.5: the salt is as long as the hash.
  it.each([0, 20, 31, 33, 64])('a salt of %i bytes', async (saltLength) => {
    expect(await outcome(resigned(saltLength))).toEqual(['INVALID_TOKEN', 401]);
  });

  it('a salt of 32 bytes is accepted', async () => {
    expect(await outcome(resigned(32))).toEqual(['accepted', 200]);
  });
});
