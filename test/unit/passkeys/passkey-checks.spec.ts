import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readClientData } from '../../../src/passkeys/client-data.js';
import { PasskeyChecks } from '../../../src/passkeys/passkey-checks.js';
import { type PasskeyFailure, PasskeyRejection } from '../../../src/passkeys/passkey-rejection.js';
import { readAssertion, readRegistration } from '../../../src/passkeys/passkey-response.js';
import type { KnownPasskey } from '../../../src/passkeys/passkey-store.js';
import { assertPublicKey } from '../../../src/passkeys/public-key.js';
import { WebAuthnLibrary } from '../../../src/passkeys/webauthn-library.js';
import type { Misbehavior } from '../../../src/testing/authenticator/software-authenticator.js';
import { SoftwareAuthenticator } from '../../../src/testing/authenticator/software-authenticator.js';

import { mutated } from '../../support/mutated.js';

const ORIGIN = 'https://app.example.com';
const APP = 'android:apk-key-hash:-sYXRdwJA3hvue3mKpYrOZ9zSPC7b4mbgzJmdZEDO5w';
const HANDLE = Buffer.alloc(32, 7);
const challenge = () => randomBytes(32).toString('base64url');

let checks: PasskeyChecks;
beforeAll(async () => {
  const party = { rpId: 'example.com', origins: [ORIGIN], topOrigins: ['https://portal.example.org'] };
  checks = new PasskeyChecks(await WebAuthnLibrary.load(), party);
});

const creation = () => ({
  challenge: challenge(),
  rp: { id: 'example.com', name: 'Example' },
  user: { id: HANDLE.toString('base64url'), name: 'ada', displayName: 'Ada' },
  pubKeyCredParams: [-8, -7, -257].map((alg) => ({ alg, type: 'public-key' })),
});

async function register(authenticator: SoftwareAuthenticator, wrong?: Misbehavior) {
  const response = readRegistration(authenticator.create(creation(), wrong));
  return checks.registration(response, readClientData(response.clientData));
}

async function known(authenticator: SoftwareAuthenticator): Promise<KnownPasskey> {
  const { counter, ...created } = await register(authenticator);
  const times = { createdAt: new Date(), lastUsedAt: null, suspendedAt: null };
  const rest = { id: 'x', userId: 'u', transports: [], name: 'Key', handle: HANDLE, counter };
  return { ...created, ...times, ...rest };
}

async function sign(authenticator: SoftwareAuthenticator, passkey: KnownPasskey, wrong?: Misbehavior) {
  const response = readAssertion(authenticator.get({ challenge: challenge(), rpId: 'example.com' }, wrong));
  return checks.assertion(response, readClientData(response.clientData), passkey);
}

const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: PasskeyRejection) => error.reason,
  );

it.each([-8, -7, -257] as const)(
  'accepts a passkey with algorithm %s, and its signatures',
  async (algorithm) => {
    const authenticator = new SoftwareAuthenticator({ origin: ORIGIN, algorithm, counts: true });
    const passkey = await known(authenticator);
    expect(await sign(authenticator, passkey)).toEqual({ backupEligible: true, backedUp: true, counter: 1 });
  },
);

const NEVER: Record<string, [Misbehavior, PasskeyFailure]> = {
  'A256: from a subdomain that is not listed': [{ origin: 'https://evil.example.com' }, 'origin'],
  'A256: over http': [{ origin: 'http://app.example.com' }, 'origin'],
  'A256: from another port': [{ origin: 'https://app.example.com:8443' }, 'origin'],
  'A256: from an origin that begins alike': [{ origin: 'https://app.example.com.evil.test' }, 'origin'],
  'A256: from an origin in upper case': [{ origin: 'https://APP.example.com' }, 'origin'],
  'A256: from an origin with a slash': [{ origin: 'https://app.example.com/' }, 'origin'],
  'A256: from an Android app that is not listed': [{ origin: APP }, 'origin'],
  'A256: for a parent of the rpId': [{ rpId: 'com' }, 'rp-id'],
  'A256: for a sibling of the rpId': [{ rpId: 'app.example.com' }, 'rp-id'],
  'inside a foreign page that is not named': [{ clientData: { crossOrigin: true } }, 'origin'],
  'inside a foreign page that is not listed': [
    { clientData: { crossOrigin: true, topOrigin: 'https://evil.test' } },
    'origin',
  ],
  'inside a page although it says that it is not': [
    { clientData: { crossOrigin: false, topOrigin: 'https://portal.example.org' } },
    'origin',
  ],
  'with crossOrigin as a text': [{ clientData: { crossOrigin: 'true' } }, 'origin'],
  'A258: without user verification': [{ userVerified: false }, 'user-verification'],
  'A258: without user presence': [{ userPresent: false }, 'user-verification'],
  'A258: backed up although it cannot be': [{ backup: 'impossible' }, 'backup-state'],
  'A255: with a padded challenge': [{ challenge: `${challenge()}=` }, 'challenge'],
  'A255: with an empty challenge': [{ challenge: '' }, 'challenge'],
};

describe('refuses a registration', () => {
  const authenticator = new SoftwareAuthenticator({ origin: ORIGIN });
  it.each(Object.entries(NEVER))('%s', async (_, [wrong, reason]) => {
    const failed = async () => register(authenticator, wrong);
    expect(await reasonOf(failed())).toBe(reason);
  });

  it.each<[string, Misbehavior, PasskeyFailure]>([
    ['A255: that is a signature', { type: 'webauthn.get' }, 'type'],
    ['A262: with an algorithm that was not offered', { algorithm: -35 }, 'attestation'],
    ['with another id than the credential has', { credentialId: 'AAAA' }, 'accepted' as PasskeyFailure],
    ['with a certificate', { attestation: { format: 'tpm', statement: new Map() } }, 'attestation'],
    [
      'with a statement for none',
      { attestation: { format: 'none', statement: new Map([['a', 1]]) } },
      'attestation',
    ],
    [
      'with chains of certificates',
      { attestation: { format: 'packed', statement: new Map([['x5c', []]]) } },
      'attestation',
    ],
    [
      'A262: with an id of 1,024 bytes',
      { credentialId: randomBytes(1_024).toString('base64url') },
      'malformed',
    ],
  ])('%s', async (_, wrong, reason) => {
    const failed = async () => register(authenticator, wrong);
    expect(await reasonOf(failed())).toBe(reason);
  });

  it('with an id that is not the one in the attestation', async () => {
    const json = { ...authenticator.create(creation()), id: 'AAAA', rawId: 'AAAA' };
    const response = readRegistration(json);
    const failed = checks.registration(response, readClientData(response.clientData));
    expect(await reasonOf(failed)).toBe('malformed');
  });
});

describe('refuses a signature', () => {
  const authenticator = new SoftwareAuthenticator({ origin: ORIGIN, algorithm: -7 });
  let passkey: KnownPasskey;
  beforeAll(async () => {
    passkey = await known(authenticator);
  });

  it.each(Object.entries(NEVER))('%s', async (_, [wrong, reason]) => {
    const failed = async () => sign(authenticator, passkey, wrong);
    expect(await reasonOf(failed())).toBe(reason);
  });

  it.each<[string, Misbehavior, PasskeyFailure]>([
    ['A255: that is a registration', { type: 'webauthn.create' }, 'type'],
    [
      'with the handle of somebody else',
      { userHandle: Buffer.alloc(32).toString('base64url') },
      'user-handle',
    ],
    ['with the id of another credential', { credentialId: 'AAAA' }, 'unknown-credential'],
    ['of something else', { badSignature: true }, 'signature'],
    ['A258: with another eligibility than at the registration', { backup: 'never' }, 'backup-state'],
  ])('%s', async (_, wrong, reason) => {
    const failed = async () => sign(authenticator, passkey, wrong);
    expect(await reasonOf(failed())).toBe(reason);
  });

  it('with a bad signature before it looks at the flags that were signed', async () => {
    const failed = sign(authenticator, passkey, { backup: 'never', badSignature: true });
    expect(await reasonOf(failed)).toBe('signature');
  });
});

it('accepts a page inside a listed one', async () => {
  const authenticator = new SoftwareAuthenticator({ origin: ORIGIN });
  const passkey = await known(authenticator);
  const clientData = { crossOrigin: true, topOrigin: 'https://portal.example.org' };
  expect(await reasonOf(sign(authenticator, passkey, { clientData }))).toBe('accepted');
});

describe('refuses a public key', () => {
  const rsa = (modulusLength: number, publicExponent = 65_537) => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength, publicExponent });
    const { n, e } = publicKey.export({ format: 'jwk' });
    const bytes = (text: unknown) => new Uint8Array(Buffer.from(text as string, 'base64url'));
    return new Map<unknown, unknown>([
      [1, 3],
      [3, -257],
      [-1, bytes(n)],
      [-2, bytes(e)],
    ]);
  };
  const point = new Uint8Array(32).fill(1);
  it.each<[string, Map<unknown, unknown>]>([
    [
      'with a point that is not on the curve',
      new Map<unknown, unknown>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, point],
        [-3, point],
      ]),
    ],
    [
      'with a compressed point',
      new Map<unknown, unknown>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, point],
        [-3, true],
      ]),
    ],
    ['of 1024 bits', rsa(1_024)],
    ['with the exponent 3', rsa(2_048, 3)],
    ['that is a map without an algorithm', new Map()],
    [
      'of another curve than its algorithm',
      new Map<unknown, unknown>([
        [1, 2],
        [3, -7],
        [-1, 2],
        [-2, point],
        [-3, point],
      ]),
    ],
  ])('%s', (_, key) => {
    expect(() => assertPublicKey(key)).toThrow('algorithm');
  });

  it('but not a good one', () => expect(() => assertPublicKey(rsa(2_048))).not.toThrow());
});

describe('whatever a response consists of, it is accepted or rejected, and nothing else is thrown', () => {
  const authenticator = new SoftwareAuthenticator({ origin: ORIGIN, algorithm: -7 });

  it('as a signature', async () => {
    const strange: unknown[] = [];
    const passkey = await known(authenticator);
    const json = authenticator.get({ challenge: challenge(), rpId: 'example.com' });
    for (let seed = 0; seed < 500; seed++)
      await judged(strange, async () => {
        const response = readAssertion(mutated(json, seed));
        return checks.assertion(response, readClientData(response.clientData), passkey);
      });
    expect(strange).toEqual([]);
  });

  it('as a registration', async () => {
    const strange: unknown[] = [];
    const json = authenticator.create(creation());
    for (let seed = 0; seed < 500; seed++)
      await judged(strange, async () => {
        const response = readRegistration(mutated(json, seed));
        return checks.registration(response, readClientData(response.clientData));
      });
    expect(strange).toEqual([]);
  });

  it('nested as deeply as fits', async () => {
    const json = authenticator.create(creation());
    json.response.attestationObject = Buffer.alloc(8_000, 0x81).toString('base64url');
    const response = readRegistration(json);
    const failed = checks.registration(response, readClientData(response.clientData));
    expect(await reasonOf(failed)).toBe('malformed');
  });

  it.each([undefined, null, 1, 'x', [], {}, { id: 'AA', rawId: 'AA', type: 'public-key' }])('%j', (given) => {
    expect(() => readAssertion(given)).toThrow(PasskeyRejection);
    expect(() => readRegistration(given)).toThrow(PasskeyRejection);
  });

  async function judged(strange: unknown[], work: () => Promise<unknown>): Promise<void> {
    await work().catch((error: unknown) => {
      if (!(error instanceof PasskeyRejection)) strange.push(error);
    });
  }
});
