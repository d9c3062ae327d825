import { type Keys, KeySet } from '../../../src/keys/key-set.js';
import {
  generatePem,
  isSymmetric,
  keyFromPem,
  keyFromSecret,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
  type SigningKey,
} from '../../../src/keys/signing-key.js';
import { AccessSignatures } from '../../../src/tokens/access-signatures.js';
import { segmentOf } from '../../../src/tokens/compact-jws.js';
import { JwtCodec } from '../../../src/tokens/jwt-codec.js';

const SECRET = 'a secret of more than thirty-two bytes, and even of more than sixty-four of them';
const signatures = new AccessSignatures();
const rsaPem = generatePem('RS256');

async function keyFor(algorithm: SigningAlgorithm): Promise<SigningKey> {
  if (isSymmetric(algorithm)) return keyFromSecret(SECRET, algorithm);
  return keyFromPem(await (/^[RP]S/.test(algorithm) ? rsaPem : generatePem(algorithm)), algorithm);
}

const codecOf = (keys: Keys) => new JwtCodec(signatures, keys, 'at+jwt');

describe.each(SIGNING_ALGORITHMS)('%s', (algorithm) => {
  let key: SigningKey;
  let codec: JwtCodec;
  beforeAll(async () => {
    key = await keyFor(algorithm);
    codec = codecOf(new KeySet([key]));
  });

  it('opens what it has signed, and knows before how long that is', async () => {
    for (const claims of [{}, { sub: 'x' }, { sub: 'xy' }, { sub: 'Ådа ✓ 🙂' }]) {
      const token = await codec.sign(claims);
      expect(token).toHaveLength(codec.lengthOf(claims));
      expect(await codec.open(token)).toEqual({ claims, kid: key.kid });
      // A codec that has not written this header reads it, and then knows it.
      const fresh = codecOf(new KeySet([key]));
      for (let i = 0; i < 2; i++) expect(await fresh.open(token)).toEqual({ claims, kid: key.kid });
    }
  });

  it('opens nothing whose header is another one, although the signature is right', async () => {
    const header = { alg: algorithm, typ: 'at+jwt', kid: key.kid };
    const signed = (given: object) => {
      const content = `${segmentOf(given)}.${segmentOf({ sub: 'x' })}`;
      return `${content}.${signatures.sign(content, key)}`;
    };
    expect(await codec.open(signed(header))).not.toBeNull();
    // In another order it is still the same header.
    expect(await codec.open(signed({ kid: header.kid, typ: header.typ, alg: header.alg }))).not.toBeNull();
    for (const given of [
      { ...header, typ: 'rt+jwt' },
      { ...header, typ: 'JWT' },
      { ...header, alg: algorithm === 'HS256' ? 'HS384' : 'HS256' },
      { ...header, alg: 'none' },
      { ...header, kid: 'another' },
      { ...header, kid: [header.kid] },
      { ...header, crit: ['exp'] },
      { ...header, jwk: {} },
      { ...header, cty: 'JWT' },
      { alg: header.alg, typ: header.typ },
      { typ: header.typ, kid: header.kid },
      { alg: header.alg, kid: header.kid },
    ])
      expect({ given, opened: await codec.open(signed(given)) }).toEqual({ given, opened: null });
  });
});

it('opens nothing that was signed with another key, or whose claims are others', async () => {
  const key = keyFromSecret('a'.repeat(64), 'HS256');
  const codec = codecOf(new KeySet([key]));
  const [header, , signature] = (await codec.sign({ sub: 'x' })).split('.') as [string, string, string];
  expect(await codec.open(`${header}.${segmentOf({ sub: 'y' })}.${signature}`)).toBeNull();
  const content = `${header}.${segmentOf({ sub: 'x' })}`;
  const foreign = signatures.sign(content, keyFromSecret('b'.repeat(64), 'HS256'));
  expect(await codec.open(`${content}.${foreign}`)).toBeNull();
  expect(await codec.open(`${content}.${signature}`)).not.toBeNull();
});

it('trusts a key until it is removed', async () => {
  const [older, newer] = ['a', 'b'].map((letter) => keyFromSecret(letter.repeat(64), 'HS256')) as [
    SigningKey,
    SigningKey,
  ];
  const token = await codecOf(new KeySet([older])).sign({ sub: 'x' });
  const both = codecOf(new KeySet([newer, older]));
  expect([both.trusts(older.kid), both.trusts(newer.kid), both.trusts('another')]).toEqual([
    true,
    true,
    false,
  ]);
  expect(await both.open(token)).toEqual({ claims: { sub: 'x' }, kid: older.kid });
  const later = codecOf(new KeySet([newer]));
  expect(later.trusts(older.kid)).toBe(false);
  expect(await later.open(token)).toBeNull();
});

it('cannot say that a token is wrong while a key may be missing, except for one whose form is wrong', async () => {
  const [known, missing] = ['a', 'b'].map((letter) => keyFromSecret(letter.repeat(64), 'HS256')) as [
    SigningKey,
    SigningKey,
  ];
  const set = new KeySet([known]);
  const keys: Keys = {
    choice: set.choice,
    current: known,
    mayLackKeys: true,
    find: (kid) => set.find(kid),
    all: () => set.all(),
  };
  const codec = codecOf(keys);
  const token = await codecOf(new KeySet([missing])).sign({ sub: 'x' });
  await expect(codec.open(token)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(await codec.open(await codecOf(set).sign({ sub: 'x' }))).not.toBeNull();
  expect(await codec.open('not.a.token')).toBeNull();
  const [, payload, signature] = token.split('.') as [string, string, string];
  for (const kid of [[missing.kid], 1, null, undefined]) {
    const header = segmentOf({ alg: 'HS256', typ: 'at+jwt', kid });
    expect(await codec.open(`${header}.${payload}.${signature}`)).toBeNull();
  }
  expect(await codec.open(`${token}.x`)).toBeNull();
});
