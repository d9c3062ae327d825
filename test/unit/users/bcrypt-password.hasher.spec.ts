import bcrypt from 'bcrypt';
import { UnavailableError } from '../../../src/errors/auth-errors.js';
import { BcryptPasswordHasher } from '../../../src/users/bcrypt-password.hasher.js';
import { processorMs } from '../../support/processor-time.js';

const COST = 4;
const hasher = new BcryptPasswordHasher({ cost: COST });
const NEW = 'the newest pepper of these tests, 32 bytes or more';
const OLD = 'the pepper before the newest one of these tests, too';

/** Whether `attempt` logs in to an account whose password is `password`. */
const opens = async (attempt: string, password: string) =>
  hasher.verify(attempt, await hasher.hash(password));

test('the decoy costs as much as a hash of today, and no password matches it', async () => {
  const { decoy } = new BcryptPasswordHasher({ cost: 6, peppers: [NEW, OLD] });
  const strict = new BcryptPasswordHasher({ cost: 6, peppers: [NEW, OLD] });

  expect(strict.needsRehash(decoy)).toBe(false);
  expect(strict.canVerify(decoy)).toBe(true);
  expect(bcrypt.getRounds(decoy.replace(/^lk1\$[^$]*\$/, ''))).toBe(6);
  expect(await strict.verify('', decoy)).toBe(false);
  expect(await strict.verify('correct horse battery staple', decoy)).toBe(false);
});

describe('a password is verified completely and unchanged:', () => {
  test.each([
    ['', 'empty'],
    ['correct horse battery staple', 'of words'],
    ['€'.repeat(64), 'of 64 euro signs'],
    ['😀'.repeat(256), 'of 256 emoji, 1024 bytes'],
    [' gnu waxes pinky ', 'with spaces at its ends'],
    ['gnu\0waxes', 'with a NUL'],
    ['\0'.repeat(15), 'of NULs'],
    ["'; DROP TABLE users; --", 'of SQL'],
    ['$2b$04$lk1$-$', 'that looks like a hash'],
  ])('%j (%s) opens its own account', async (password) => {
    expect(await opens(password, password)).toBe(true);
  });

  test.each([
    ['byte 73 differs', `${'x'.repeat(72)}a`, `${'x'.repeat(72)}b`],
    ['only byte 73 is missing', 'x'.repeat(72), 'x'.repeat(73)],
    ['the 25th three-byte character differs', `${'€'.repeat(24)}X`, `${'€'.repeat(24)}Y`],
    ['the last of 256 characters differs', `${'x'.repeat(255)}a`, `${'x'.repeat(255)}b`],
    ['the case differs', 'Gnu waxes pinky', 'gnu waxes pinky'],
    ['a space is missing at the end', 'gnu waxes pinky', 'gnu waxes pinky '],
    ['a leading space is missing', 'gnu waxes pinky', ' gnu waxes pinky'],
    ['one has a NUL at the end', 'gnu waxes pinky\0', 'gnu waxes pinky'],
    ['they differ after a NUL', 'gnu\0a', 'gnu\0b'],
    ['one is empty and one a NUL', '', '\0'],
    ['one is typed twice with a NUL between', 'gnu\0gnu', 'gnu'],
    ['one is a ligature (NFKC)', 'o\uFB01ce', 'ofice'],
    ['one is full-width (NFKC)', '\uFF47nu', 'gnu'],
  ])('%s: refused', async (_, attempt, password) => {
    expect(await opens(attempt, password)).toBe(false);
  });

  test('a character means the same in all its spellings (NFC and NFD)', async () => {
    expect(await opens('caf\u00e9', 'cafe\u0301')).toBe(true);
    expect(await opens('cafe\u0301', 'caf\u00e9')).toBe(true);
    expect(await opens('\u212B', '\u00C5')).toBe(true);
    const hangul = '\uAC01'.repeat(256);
    expect(await opens(hangul.normalize('NFD'), hangul)).toBe(true);
  });
});

describe('an impossible password', () => {
  const impossible = [
    ['a lone surrogate', 'gnu\ud800'],
    ['another lone surrogate', 'gnu\udbff'],
    ['1025 bytes', 'x'.repeat(1025)],
    ['a megabyte', 'x'.repeat(1_000_000)],
    ['a megabyte of combining marks', '\u0301\u0316'.repeat(250_000)],
  ] as const;

  test.each(impossible)('is never hashed (%s)', async (_, password) => {
    await expect(hasher.hash(password)).rejects.toThrow(RangeError);
  });

  test.each(impossible)('opens no account (%s)', async (_, password) => {
    for (const hash of [
      await hasher.hash('gnu\ufffd'),
      await hasher.hash(''),
      await bcrypt.hash('', COST),
      await bcrypt.hash(password.slice(0, 100), COST),
    ]) {
      expect(await hasher.verify(password, hash)).toBe(false);
    }
  });

  test('takes as long to refuse as any other, and no longer', async () => {
    const slower = new BcryptPasswordHasher({ cost: 8 });
    const hash = await slower.hash('gnu waxes pinky');
    for (const [, password] of impossible) {
      const [usual, refused] = await work(
        () => slower.verify('gnu waxes pinkx', hash),
        () => slower.verify(password, hash),
      );
      expect(refused).toBeGreaterThan(usual * 0.4);
      expect(refused).toBeLessThan(usual * 2.5);
    }
  });
});

describe('the stored text', () => {
  test('names version, pepper and cost, and has its own salt', async () => {
    const [one, two] = [await hasher.hash('gnu'), await hasher.hash('gnu')];

    expect(one).toMatch(/^lk1\$-\$\$2b\$04\$[./A-Za-z\d]{53}$/);
    expect(one).not.toBe(two);
  });

  test('is bcrypt over the HMAC: plain bcrypt does not open it', async () => {
    const hash = await hasher.hash('gnu');

    expect(await bcrypt.compare('gnu', hash.slice('lk1$-$'.length))).toBe(false);
  });

  test('names a secret pepper by a fingerprint other than its plain hash', async () => {
    const hash = await new BcryptPasswordHasher({ cost: COST, peppers: [NEW] }).hash('gnu');

    expect(hash).toMatch(/^lk1\$[\da-f]{8}\$\$2b\$04\$/);
    expect(hash).not.toContain(NEW);
  });
});

describe('a malformed hash is not an error, but never matches:', () => {
  const salted = 'N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';
  const malformed = [
    ['nothing', ''],
    ['words', 'no hash'],
    ['another scheme', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA'],
    ['another version of ours', `lk2$-$$2b$04$${salted}`],
    ['a missing pepper id', `lk1$$2b$04$${salted}`],
    ['an odd pepper id', `lk1$XYZ$$2b$04$${salted}`],
    ['an unknown pepper', `lk1$deadbeef$$2b$04$${salted}`],
    ['an unknown variant of bcrypt', `$2x$04$${salted}`],
    ['a cost of 99', `$2b$99$${salted}`],
    ['a cost of 31, days of work', `$2b$31$${salted}`],
    ['a cost of 3', `$2b$03$${salted}`],
    ['a cost that is not a number', `$2b$aa$${salted}`],
    ['one character too few', `$2b$04$${salted.slice(1)}`],
    ['one character too many', `$2b$04$${salted}x`],
    ['a NUL at the end', `$2b$04$${salted}\0`],
    ['a line break at the end', `$2b$04$${salted}\n`],
    ['a character outside the alphabet', `$2b$04$${salted.replace('q', '_')}`],
    ['a megabyte', '$2b$04$'.repeat(150_000)],
  ];

  test.each(malformed)('%s', async (_, hash) => {
    expect(await hasher.verify('gnu', hash!)).toBe(false);
    expect(await hasher.verify('', hash!)).toBe(false);
    expect(hasher.needsRehash(hash!)).toBe(true);
  });

  test('malformed hashes take as long as a wrong password', async () => {
    const slower = new BcryptPasswordHasher({ cost: 8 });
    const good = await slower.hash('gnu');
    for (const hash of ['', 'no hash', good.replace('$-$', '$deadbeef$')]) {
      const [usual, malformed] = await work(
        () => slower.verify('gnat', good),
        () => slower.verify('gnu', hash),
      );
      expect(malformed).toBeGreaterThan(usual * 0.4);
    }
  });
});

describe('an imported bcrypt hash', () => {
  test.each(['$2a$', '$2b$', '$2y$'])('verifies (%s) and needs a rehash', async (variant) => {
    const hash = (await bcrypt.hash('gnu waxes pinky', COST)).replace('$2b$', variant);

    expect(await hasher.verify('gnu waxes pinky', hash)).toBe(true);
    expect(await hasher.verify('gnu waxes pinkx', hash)).toBe(false);
    expect(hasher.needsRehash(hash)).toBe(true);
  });

  test('reads the password as bcrypt did: 72 bytes, not normalized', async () => {
    const long = await bcrypt.hash('x'.repeat(80), COST);
    const decomposed = await bcrypt.hash('cafe\u0301', COST);

    expect(await hasher.verify('x'.repeat(72), long)).toBe(true);
    expect(await hasher.verify('x'.repeat(71), long)).toBe(false);
    expect(await hasher.verify('cafe\u0301', decomposed)).toBe(true);
    expect(await hasher.verify('caf\u00e9', decomposed)).toBe(false);
  });

  test('of the oldest variant is not fooled by a password whose length wraps around', async () => {
    const hash = (await bcrypt.hash('x'.repeat(300), COST)).replace('$2b$', '$2a$');

    expect(await hasher.verify('x'.repeat(300), hash)).toBe(true);
    expect(await hasher.verify(`x${'y'.repeat(254)}`, hash)).toBe(false);
  });

  test('is not opened by any password mixed with a pepper', async () => {
    const ours = await hasher.hash('gnu');

    expect(await hasher.verify('gnu', ours.slice('lk1$-$'.length))).toBe(false);
  });
});

describe('a change of settings', () => {
  test('a current hash needs no rehash', async () => {
    expect(hasher.needsRehash(await hasher.hash('gnu'))).toBe(false);
  });

  test.each([5, 6])('another cost (%i) verifies the old hash, which needs a rehash', async (cost) => {
    const hash = await hasher.hash('gnu');
    const changed = new BcryptPasswordHasher({ cost });

    expect(await changed.verify('gnu', hash)).toBe(true);
    expect(changed.needsRehash(hash)).toBe(true);
    expect(hasher.needsRehash(await changed.hash('gnu'))).toBe(true);
    expect(await changed.hash('gnu')).toContain(`$2b$0${cost}$`);
  });

  test('the first pepper verifies hashes made without one, which need a rehash', async () => {
    const hash = await hasher.hash('gnu');
    const peppered = new BcryptPasswordHasher({ cost: COST, peppers: [NEW] });

    expect(await peppered.verify('gnu', hash)).toBe(true);
    expect(await peppered.verify('gnat', hash)).toBe(false);
    expect(peppered.needsRehash(hash)).toBe(true);
  });

  test('a newer pepper verifies hashes made with the older one, which need a rehash', async () => {
    const before = new BcryptPasswordHasher({ cost: COST, peppers: [OLD] });
    const after = new BcryptPasswordHasher({ cost: COST, peppers: [NEW, OLD] });
    const hash = await before.hash('gnu');

    expect(await after.verify('gnu', hash)).toBe(true);
    expect(await after.verify('gnat', hash)).toBe(false);
    expect(after.needsRehash(hash)).toBe(true);
    expect(after.needsRehash(await after.hash('gnu'))).toBe(false);
    expect(before.needsRehash(await after.hash('gnu'))).toBe(true);
  });

  test('without its pepper, a hash matches no password', async () => {
    const hash = await new BcryptPasswordHasher({ cost: COST, peppers: [OLD] }).hash('gnu');

    expect(await hasher.verify('gnu', hash)).toBe(false);
    expect(await new BcryptPasswordHasher({ cost: COST, peppers: [NEW] }).verify('gnu', hash)).toBe(false);
  });

  test('a pepper that could be guessed is refused, and not shown', () => {
    const make = () => new BcryptPasswordHasher({ cost: COST, peppers: [NEW, 'too short'] });

    expect(make).toThrow('pepper number 2 is shorter than 32 bytes');
    expect(make).not.toThrow('too short');
  });

  test.each([3, 16, 4.5, Number.NaN])('a cost of %d is refused', (cost) => {
    expect(() => new BcryptPasswordHasher({ cost })).toThrow(RangeError);
  });
});

describe('the queue', () => {
  test('immediately refuses what exceeds its limit, while the others finish', async () => {
    const busy = new BcryptPasswordHasher({ cost: 8, concurrency: 2, queueLimit: 3 });
    const finished: number[] = [];
    const calls = Array.from({ length: 5 }, (_, i) =>
      busy.hash('gnu').then((hash) => {
        finished.push(i);
        return hash;
      }),
    );

    await expect(busy.hash('gnu')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfter: 1 });
    await expect(busy.verify('gnu', 'any')).rejects.toThrow(UnavailableError);
    expect(finished).toEqual([]);

    for (const hash of await Promise.all(calls)) expect(await busy.verify('gnu', hash)).toBe(true);
    expect(await busy.verify('gnu', await busy.hash('gnu'))).toBe(true);
  });

  test('lets as many wait as configured, or none', async () => {
    const strict = new BcryptPasswordHasher({ cost: COST, concurrency: 1, queueLimit: 0 });
    const running = strict.hash('gnu');

    await expect(strict.hash('gnu')).rejects.toThrow(UnavailableError);
    await running;
    expect(await strict.hash('gnu')).toEqual(expect.any(String));
  });

  test('continues after a failure', async () => {
    const narrow = new BcryptPasswordHasher({ cost: COST, concurrency: 1, queueLimit: 5 });
    const outcomes = await Promise.allSettled([
      narrow.hash('\ud800'),
      narrow.hash('x'.repeat(5000)),
      narrow.hash('gnu'),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });

  test('by default at most three hashes run and 32 wait', async () => {
    const usual = new BcryptPasswordHasher({ cost: COST });
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => usual.hash('gnu')));
    const done = outcomes.filter(({ status }) => status === 'fulfilled').length;

    expect(done).toBeGreaterThanOrEqual(33);
    expect(done).toBeLessThanOrEqual(35);
  });
});

/** The work of two calls in milliseconds of processor time: the minimum of a few alternating runs. */
async function work(...calls: [() => Promise<unknown>, () => Promise<unknown>]): Promise<[number, number]> {
  const least: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let turn = 0; turn < 12; turn++) {
    least[turn % 2] = Math.min(least[turn % 2]!, await processorMs(calls[turn % 2]!));
  }
  return least;
}
