import * as crypto from 'node:crypto';
import bcrypt from 'bcrypt';
import { assert, constantFrom, json, nat, oneof, property, record, string } from 'fast-check';
import { BcryptPasswordHasher } from '../../../src/users/bcrypt-password.hasher.js';
import {
  type Argon2Engines,
  argon2Hash,
  type Argon2Settings,
  lookForArgon2,
} from '../../../src/users/foreign-hashes/argon2.js';
import { lacksArgon2, readForeignHash } from '../../../src/users/foreign-hashes/read-foreign-hash.js';
import { FOREIGN_HASHES, keycloak } from '../../support/foreign-hashes.js';

const hasher = new BcryptPasswordHasher({ cost: 4 });

describe.each(Object.entries(FOREIGN_HASHES))('a hash of %s', (_, { password, hash }) => {
  test('opens with its password, and with no other', async () => {
    expect(await hasher.verify(password, hash)).toBe(true);
    for (const wrong of [`${password} `, password.slice(0, -1), '', password.toUpperCase()])
      expect(await hasher.verify(wrong, hash)).toBe(false);
  });

  test('is replaced at the next login', () => {
    expect(hasher.needsRehash(hash)).toBe(true);
  });

  test('opens with nothing once a part of it is missing', async () => {
    const cuts = [
      // Fewer bytes than are safe to compare.
      hash.replace(/[^$:"]{20,}(?=[^$:]*$)/, (last) => last.slice(0, 12)),
      hash.slice(1),
      hash.replace(/[$:][^$:]*$/, '$'),
      ` ${hash}`,
      // In JSON it means nothing.
      ...(hash.startsWith('{') ? [] : [`${hash}\n`]),
    ];
    for (const cut of cuts.filter((each) => each !== hash))
      expect(await hasher.verify(password, cut)).toBe(false);
  });
});

describe('bcrypt of other systems', () => {
  const password = 'correct horse';

  test.each(['2a', '2b', '2y'])('opens as $%s$', async (letter) => {
    const hash = (await bcrypt.hash(password, 4)).replace('$2b$', `$${letter}$`);
    expect(await hasher.verify(password, hash)).toBe(true);
    expect(await hasher.verify(`${password}!`, hash)).toBe(false);
    expect(hasher.needsRehash(hash)).toBe(true);
  });

  test('opens as Django writes it, with and without SHA-256', async () => {
    const long = 'x'.repeat(100);
    const hashed = crypto.createHash('sha256').update(long).digest('hex');
    const sha256 = `bcrypt_sha256$${await bcrypt.hash(hashed, 4)}`;
    expect(await hasher.verify(long, sha256)).toBe(true);
    expect(await hasher.verify(`${long.slice(1)}y`, sha256)).toBe(false);
    const plain = `bcrypt$${await bcrypt.hash(password, 4)}`;
    expect([await hasher.verify(password, plain), await hasher.verify('other', plain)]).toEqual([
      true,
      false,
    ]);
  });
});

describe('a hash that would take too long or too much memory is not read:', () => {
  const salt = 'MDEyMzQ1Njc4OWFiY2RlZg';
  const hash = 'uHVoxjLD1v3uqpdY8ehNPGUYMiKj8ROQSRwMSE033NY';
  const sha512 = 'a'.repeat(86);
  const argon2 = (settings: string) => `$argon2id$v=19$${settings}$${salt}$${hash}`;

  test.each([
    ['PBKDF2 of Django', `pbkdf2_sha256$3000001$${salt}$${hash}=`],
    ['PBKDF2 of Passlib', `$pbkdf2-sha256$999999999$${salt}$${hash}`],
    ['PBKDF2 with a long output', `$pbkdf2$1000000$${salt}$${hash}${hash.slice(0, 40)}`],
    ['PBKDF2 of Keycloak', keycloak('pbkdf2-sha256', 4e6, `${hash}=`)],
    ['scrypt with N', `$scrypt$ln=19,r=8,p=1$${salt}$${hash}`],
    ['scrypt with an absurd N', `$scrypt$ln=62,r=8,p=1$${salt}$${hash}`],
    ['scrypt with r', `$scrypt$ln=14,r=1024,p=1$${salt}$${hash}`],
    ['scrypt with p', `$scrypt$ln=14,r=8,p=1000$${salt}$${hash}`],
    ['scrypt of Django', `scrypt$1048576$salt$8$1$${hash}=`],
    ['scrypt of Firebase', `$fbscrypt$v=1,n=24,r=8,p=1,ss=Bw==,sk=${hash}=$${salt}$${hash}=`],
    ['Argon2 with memory', argon2('m=1048576,t=1,p=1')],
    ['Argon2 with passes', argon2('m=65536,t=100,p=1')],
    ['Argon2 with lanes', argon2('m=65536,t=1,p=255')],
    [
      'Argon2 of Keycloak',
      keycloak('argon2', 500, `${hash}=`, {
        type: ['id'],
        version: ['1.3'],
        memory: ['7168'],
        parallelism: ['1'],
      }),
    ],
    ['SHA-crypt', `$6$rounds=999999999$salt$${sha512}`],
    ['SHA-crypt just above', `$6$rounds=700001$salt$${sha512}`],
    ['bcrypt of Django', `bcrypt$$2b$15$${'a'.repeat(53)}`],
  ])('%s', async (_, text) => {
    expect(readForeignHash(text)).toBeNull();
    expect(await hasher.verify('correct horse', text)).toBe(false);
  });

  test.each([
    ['Argon2 of a common cost', argon2('m=65536,t=3,p=4')],
    ['scrypt of a common cost', `$scrypt$ln=17,r=8,p=1$${salt}$${hash}`],
    ['PBKDF2 of Django 6', `pbkdf2_sha256$1200000$${salt}$${hash}=`],
    ['SHA-crypt of Passlib', `$6$rounds=656000$salt$${sha512}`],
  ])('but %s is', (_, text) => {
    expect(readForeignHash(text)).not.toBeNull();
  });
});

describe('a malformed hash', () => {
  const hashes = Object.values(FOREIGN_HASHES).map(({ hash }) => hash);

  test.each([
    ['an empty hash', '$scrypt$ln=14,r=8,p=1$c2FsdA$'],
    ['a short hash, which many passwords match', '$scrypt$ln=14,r=8,p=1$c2FsdA$AAAA'],
    ['a short hash of PBKDF2', 'pbkdf2_sha256$1000$salt$AAAA'],
    ['a short hash of Keycloak', keycloak('pbkdf2', 1000, 'AAAA')],
    ['no iterations', 'pbkdf2_sha256$0$salt$FaIzshmIzw0hjXMro3gpiXiW+k5BtxwkHfkq/Z44OeI='],
    ['N that is no power of two', 'scrypt$16383$salt$8$1$FaIzshmIzw0hjXMro3gpiXiW+k5BtxwkHfkq/Z44OeI='],
    [
      'Argon2 with a key',
      '$argon2id$v=19$m=64,t=1,p=1,keyid=YQ$c29tZXNhbHQ$RXnb8rh7LaDcn07xsssqqulZYXOM/EUCEFMVcAcyYVk',
    ],
    [
      'Argon2 of an old version',
      '$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHQ$RXnb8rh7LaDcn07xsssqqulZYXOM/EUCEFMVcAcyYVk',
    ],
    [
      'an algorithm from the prototype',
      keycloak('constructor', 1000, 'FaIzshmIzw0hjXMro3gpiXiW+k5BtxwkHfkq/Z44OeI='),
    ],
    ['JSON that is no credential', '{"secretData":null,"credentialData":[]}'],
    ['JSON that does not end', '{"secretData":'],
    ['text of any length', '$6$'.repeat(1_000_000)],
  ])('is not read, and opens with nothing: %s', async (_, text) => {
    expect(readForeignHash(text)).toBeNull();
    expect(await hasher.verify('', text)).toBe(false);
  });

  test('never throws when it is read, whatever was changed', () => {
    const changed = record({
      hash: constantFrom(...hashes),
      at: nat(200),
      text: string({ maxLength: 5 }),
    }).map(
      ({ hash, at, text }) => hash.slice(0, at % hash.length) + text + hash.slice((at % hash.length) + 1),
    );
    const read = () =>
      assert(
        property(oneof(changed, string(), json()), (text) => void readForeignHash(text)),
        { numRuns: 2_000 },
      );
    expect(read).not.toThrow();
  });

  test('a password that is too long opens no foreign hash', async () => {
    const { hash } = FOREIGN_HASHES['SHA-crypt with SHA-512']!;
    expect(await hasher.verify('x'.repeat(100_000), hash)).toBe(false);
    expect(await readForeignHash(hash)!.verify('x'.repeat(257))).toBe(false);
  });
});

describe('Argon2', () => {
  const settings: Argon2Settings = {
    type: 'argon2id',
    memory: 19_456,
    passes: 2,
    parallelism: 1,
    salt: Buffer.from('0123456789abcdef'),
    hash: Buffer.alloc(32, 7),
  };
  const absent = () => Promise.reject(new Error('Cannot find package'));

  test("is computed by Node's own function where there is one", async () => {
    const calls: unknown[] = [];
    const node = (...[type, given, done]: [string, object, (error: null, derived: Buffer) => void]) => {
      calls.push([type, given]);
      done(null, Buffer.alloc(32, 7));
    };
    expect(await argon2Hash(settings, { node, load: absent })!.verify('pw')).toBe(true);
    const { memory, passes, parallelism, salt: nonce } = settings;
    const expected = { message: 'pw', nonce, memory, passes, parallelism, tagLength: 32 };
    expect(calls).toEqual([['argon2id', expected]]);
    const other = { ...settings, hash: Buffer.alloc(32, 8) };
    expect(await argon2Hash(other, { node, load: absent })!.verify('pw')).toBe(false);
  });

  test('is not computable until what computes it was found', async () => {
    expect(argon2Hash(settings, { load: absent })!.isComputable!()).toBe(false);
    expect(argon2Hash(settings, { load: absent, node: () => undefined })!.isComputable!()).toBe(true);
    const installed: Argon2Engines = { load: async () => ({ verify: async () => true }) };
    await lookForArgon2(installed);
    expect(argon2Hash(settings, installed)!.isComputable!()).toBe(true);
    await expect(lookForArgon2({ load: absent })).resolves.toBeUndefined();
  });

  test('opens with nothing where nothing can compute it, and the log says so once a minute', async () => {
    const lacking = !('argon2' in crypto); // Node has it since 24.7
    const warnings: string[] = [];
    const hasher = new BcryptPasswordHasher({ cost: 4, warn: (message) => warnings.push(message) });
    const hash = '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$RXnb8rh7LaDcn07xsssqqulZYXOM/EUCEFMVcAcyYVk';
    expect([hasher.canVerify(hash), lacksArgon2(hash)]).toEqual([!lacking, lacking]);
    for (let i = 0; i < 3; i++) expect(await hasher.verify('not this one', hash)).toBe(false);
    expect(warnings).toHaveLength(lacking ? 1 : 0);
    expect(warnings.every((message) => message.includes('npm install @node-rs/argon2'))).toBe(true);
  });

  test('says what to install where nothing can compute it', async () => {
    await expect(argon2Hash(settings, { load: absent })!.verify('pw')).rejects.toThrow(
      /needs Node 24\.7 or @node-rs\/argon2: npm install @node-rs\/argon2$/,
    );
  });
});
