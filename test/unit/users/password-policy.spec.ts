import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { PasswordPolicy } from '../../../src/users/password-policy.js';
import { processorMs } from '../../support/processor-time.js';

const policy = new PasswordPolicy({ minLength: 15, serviceName: 'Latchkey' });
const context = { email: 'ada.lovelace@example.com' };
const problem = (password: string, more: { current?: string } = {}) =>
  policy.problem(password, { ...context, ...more });

/** Meaningless text of `length` code points, each different from its neighbors. */
const ordinary = (length: number) => 'gnu waxes 4 pink jars'.repeat(20).slice(0, length);

describe('a password is accepted', () => {
  test.each([
    ['of 15 lower-case letters and spaces', 'gnu waxes pinky'],
    ['of words', 'correct horse battery staple'],
    ['of 256 characters', ordinary(256)],
    ['of 64 euro signs', '€'.repeat(64)],
    ['of 15 emoji', '😀😁😂🤣😃😄😅😆😉😊😋😎😍😘🥰'],
    ['of one emoji 15 times', '😀'.repeat(15)],
    ['of 256 four-byte characters', '😀😁😂🤣'.repeat(64)],
    ['of 256 characters, each typed as four', 'ᾂᾃᾄᾅᾒᾓᾔᾕᾢᾣᾤᾥῂῄᾲᾴ'.repeat(16).normalize('NFD')],
    ['of 15 characters in any spelling', 'e\u0301a\u0300 u\u0308ber den wolk'],
    ['with spaces at its ends', '  gnu waxes pinky  '],
    ['with a NUL in it', 'gnu\0waxes pinky'],
    ['with a common password in it', 'gnu waxes letmein pinky'],
    ['with part of a sequence in it', 'abcdefghij gnu waxes'],
    ['with the local part of the address and enough more', 'ada.lovelace waxes 8 gnus'],
    ['of well-known words', 'correct horse battery staple'],
    ['of words with a year', 'the analytical engine 1843'],
    ['of Cyrillic words', 'мой дядя самых честных правил'],
    ['of Japanese', '雪が降っている夜に猫が歩いた道'],
    ['of Arabic words', 'البيت الكبير على الجبل'],
    ['of 15 random lower-case letters', 'xkqjzvwbplmhtrc'],
    ['of words of a script with a short word repeated', '密码 雪が降っている夜に 密码'],
    ['of four common words', 'soccer football baseball tennis'],
    ['of four common words without spaces', 'thunderstormlightning snow'],
    ['of a good text, twice', 'gnu waxes pinky gnu waxes pinky'],
  ])('%s', (_, password) => {
    expect(problem(password)).toBeNull();
  });
});

describe('a password is refused, with the reason:', () => {
  test.each([
    ['empty', '', 'at least 15'],
    ['one character too short', ordinary(14), 'at least 15'],
    ['short in code points, not in UTF-16 units', '😀😁😂🤣😃😄😅😆😉😊😋😎😍😘', 'at least 15'],
    ['short once composed', 'e\u0301'.repeat(7) + 'gnu wax', 'at least 15'],
    ['one character too long', ordinary(257), 'at most 256'],
    ['one four-byte character too long', '😀'.repeat(257), 'at most 256'],
    ['a megabyte', 'x'.repeat(1_000_000), 'at most 256'],
    ['a megabyte of combining marks', `a${'\u0301\u0316'.repeat(250_000)}`, 'at most 256'],
    ['a lone surrogate', `gnu waxes pinky\ud800`, 'Unicode'],
    ['a leading lone surrogate', `\udc00gnu waxes pinky`, 'Unicode'],
    ['listed', 'momsanaladventure', 'most common'],
    ['listed, in different case', 'QwertyUiop12345', 'most common'],
    ['one character', 'a'.repeat(15), 'different characters'],
    ['only spaces', ' '.repeat(20), 'different characters'],
    ['only NULs', '\0'.repeat(15), 'different characters'],
    ['two characters', 'ab'.repeat(8), 'different characters'],
    ['four characters in any order', 'abcdabdcacbdacdb', 'different characters'],
    ['four characters in two cases', 'aAbBcCdDaAbBcCdD', 'different characters'],
    ['one letter beyond ASCII', 'ä'.repeat(17), 'different characters'],
    ['one letter and another beyond ASCII', `${'a'.repeat(16)}é`, 'different characters'],
    ['two letters and another beyond ASCII', 'abababababababaß', 'different characters'],
    ['a short word repeated, and a letter beyond ASCII', 'passpasspasspassß', 'different characters'],
    ['one digit in full width', '１'.repeat(16), 'different characters'],
    ['one symbol of ASCII in full width', '＄'.repeat(16), 'different characters'],
    ['three Chinese characters repeated', '李小龙'.repeat(5), 'different characters'],
    ['five Chinese characters repeated', '李小龙王五'.repeat(3), 'repeated'],
    ['a listed password in full width, twice', 'ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ', 'most common'],
    ['a listed password repeated', 'football'.repeat(3), 'repeated'],
    ['a listed password repeated, in different case', 'FootBallfOOTballFootball', 'repeated'],
    ['a listed password repeated and cut off', 'footballfootbal', 'repeated'],
    ['a short listed password repeated', '12345'.repeat(5), 'repeated'],
    ['ascending digits', '123456789012345', 'sequence'],
    ['ascending digits with any start', '789012345678901234', 'sequence'],
    ['descending digits', '987654321098765', 'sequence'],
    ['ascending letters', 'abcdefghijklmno', 'sequence'],
    ['ascending letters in upper case', 'ABCDEFGHIJKLMNO', 'sequence'],
    ['ascending letters, past the end of the alphabet', 'tuvwxyzabcdefgh', 'sequence'],
    ['descending letters, past the start of the alphabet', 'hgfedcbazyxwvut', 'sequence'],
    ['more than a whole alphabet of letters', 'abcdefghijklmnopqrstuvwxyzabcdefgh', 'sequence'],
    ['the name of the service', 'latchkey2026 pinky gnu', 'service'],
    ['the name of the service in different case', 'my LatchKEY password', 'service'],
    ['the email address', 'ada.lovelace@example.com', 'email'],
    ['the email address and more', 'My Ada.Lovelace@Example.com is 42 years old', 'email'],
    ['the local part and little else', 'Ada.Lovelace815', 'email'],
    ['the local part twice', 'ada.lovelace1ada.lovelace2', 'email'],
  ])('%s', (_, password, reason) => {
    expect(problem(password)).toContain(reason);
  });

  test.each([
    ['rows of keys', 'qwertyuiopasdfghjkl', 'on the keyboard'],
    ['rows of keys from right to left', 'poiuytrewqlkjhgfdsa', 'on the keyboard'],
    ['rows of a German keyboard', 'qwertzuiopasdfghjkl', 'on the keyboard'],
    ['rows of a French keyboard', 'azertyuiopqsdfghjklm', 'on the keyboard'],
    ['a row of a Dvorak keyboard, twice', 'aoeuidhtnsaoeuidhtns', 'on the keyboard'],
    ['rows of a Russian keyboard', 'йцукенгшщзхъфыва', 'on the keyboard'],
    ['the digits with the shift key', '!@#$%^&*()_+!@#$%', 'on the keyboard'],
    ['columns of keys, up and down', 'zaq1xsw2cde3vfr4', 'on the keyboard'],
    ['columns of keys in a zigzag', 'zaq12wsxcde34rfv', 'on the keyboard'],
    ['two rows of keys in turn', '1q2w3e4r5t6y7u8i9o', 'on the keyboard'],
    ['columns of keys that are also listed', '1qaz2wsx3edc4rfv5tgb', 'on the keyboard'],
    ['columns of a keypad', '147258369147258369', 'repeated text'],
    ['two sequences', '0123456789abcdef', 'a sequence'],
    ['a sequence backward', 'fedcba9876543210', 'a sequence'],
    ['a sequence with spaces', 'a b c d e f g h i j', 'a sequence'],
    ['a sequence with dashes', '01-23-45-67-89-01-23', 'a sequence'],
    ['a sequence of doubled letters', 'aabbccddeeffgghh', 'a sequence'],
    ['two sequences in turn', 'a1b2c3d4e5f6g7h8', 'a sequence'],
    ['a Russian alphabet', 'абвгдежзийклмноп', 'a sequence'],
    ['a sequence of three letters repeated', 'abcdeabcdeabcde', 'repeated text'],
    ['meaningless letters repeated', 'xqvzkxqvzkxqvzk', 'repeated text'],
    ['a common password twice and a digit', 'passwordpassword1', 'a common password'],
    ['a common password twice with a space', 'iloveyou iloveyou', 'repeated text'],
    ['a common password backward, twice', 'drowssap drowssap', 'a common password'],
    ['a common password in leetspeak, twice', 'P@ssw0rd P@ssw0rd', 'a common password'],
    ['a common password in leetspeak and digits', 'p4$$w0rd20242024', 'a common password'],
    ['a common password and a sequence', 'Password12345678', 'a common password'],
    ['common passwords in a row', 'monkeydragonfootball', 'a common password'],
    ['three common passwords', 'soccer football tennis', 'a common password'],
    ['a word and a year, twice', 'summer2024summer2024', 'a year'],
    ['a Russian word three times', 'парольпарольпароль', 'repeated text'],
    ['the display name', 'Augusta King-Noel', 'display name'],
    ['the display name without its separators', 'augustakingnoel', 'display name'],
    ['the display name twice', 'Augusta King Augusta King', 'display name'],
    ['the display name backward', 'leongnikatsugua', 'display name'],
    ['the display name in decomposed letters', 'Zoe\u0308 Bront\u00eb 1847', 'display name'],
    ['the display name and digits', 'augustaking18151852', 'display name'],
    ['the words of the address in another order', 'Lovelace.Ada.12345', 'email'],
    ['the domain of the address and a common password', 'example password', 'email'],
  ])('%s', (_, password, reason) => {
    const name = password.startsWith('Zo') ? 'Zo\u00eb Bronte\u0308' : 'Augusta King-Noel';
    expect(policy.problem(password, { ...context, name })).toMatch(new RegExp(reason));
  });

  test('the current password, in any spelling', () => {
    expect(problem('gnu waxes pinky\u00e9', { current: 'gnu waxes pinky\u00e9!' })).toBeNull();
    expect(problem('gnu waxes pinky\u00e9', { current: 'gnu waxes pinkye\u0301' })).toContain('current');
    expect(problem('Gnu waxes pinky', { current: 'gnu waxes pinky' })).toBeNull();
  });
});

test('no reason repeats the password', () => {
  for (const password of ['football'.repeat(2), 'latchkey2026 pinky', 'Ada.Lovelace815', 'short']) {
    expect(problem(password)).not.toContain(password);
  }
});

test('the minimum length is the configured one', () => {
  const short = new PasswordPolicy({ minLength: 8, serviceName: 'Latchkey' });

  expect(short.problem('gnu waxe', context)).toBeNull();
  expect(short.problem('gnu wax', context)).toContain('at least 8');
});

test('a short service name or local part does not forbid passwords that contain it by chance', () => {
  const brief = new PasswordPolicy({ minLength: 15, serviceName: 'wax' });

  expect(brief.problem('gnu waxes pinky', { email: 'gnu@example.com' })).toBeNull();
  expect(brief.problem('gnu@example.com', { email: 'gnu@example.com' })).toContain('email');
});

test('an empty service name forbids nothing', () => {
  expect(new PasswordPolicy({ minLength: 15, serviceName: '' }).problem(ordinary(20), context)).toBeNull();
});

test('judges a megabyte of anything quickly', async () => {
  const ms = await processorMs(() => {
    for (const unit of ['a', 'a ', '\u0301\u0316', '😀', '\ud800', '\0']) {
      expect(problem(unit.repeat(1_000_000 / unit.length))).not.toBeNull();
    }
  });
  expect(ms).toBeLessThan(250);
});

describe('never refuses by chance', () => {
  const expectAccepted = (arbitrary: fc.Arbitrary<string>, numRuns = 3_000) =>
    fc.assert(
      fc.property(arbitrary, (password) => {
        expect(policy.problem(password, { ...context, name: 'Ada Lovelace' })).toBeNull();
      }),
      { numRuns, seed: 17 },
    );
  const letters = (alphabet: string) =>
    fc.string({ unit: fc.constantFrom(...alphabet), minLength: 15, maxLength: 15 });

  it('15 random lower-case letters', () => {
    // fast-check's own strings prefer repetitions, so the letters come from the bytes of a hash.
    const hash = fc.nat().map((n) => createHash('sha256').update(String(n)).digest());
    const bytes = hash.map((all) => [...all].filter((byte) => byte < 26 * 9).slice(0, 15));
    expectAccepted(bytes.map((all) => String.fromCodePoint(...all.map((byte) => 97 + (byte % 26)))));
  });

  it('15 random letters of other alphabets', () => {
    for (const alphabet of ['абвгдежзийклмнопрстуфхцчшщъыьэюя', 'あいうえおかきくけこさしすせそたちつてと'])
      expectAccepted(
        letters(alphabet).filter((text) => new Set(text).size > 8),
        1_000,
      );
  });

  it('random bytes in Base64 and hexadecimal', () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((all) => new Set(all).size > 20);
    expectAccepted(
      bytes.map((all) => Buffer.from(all).toString('hex')),
      500,
    );
    expectAccepted(
      bytes.map((all) => Buffer.from(all).toString('base64url')),
      500,
    );
  });
});

test('judges text that grows when it is folded quickly', async () => {
  problem(ordinary(20)); // loads the list
  expect(await processorMs(() => problem('\ufdfa'.repeat(256)))).toBeLessThan(250);
});

test('judges the longest passwords quickly', async () => {
  const longest = [
    'abcdefghijklmnopqrstuvwxyz',
    'qazwsx',
    '12345',
    'password',
    'gnu waxes 4 pink jars',
    'a-b_c.',
  ];
  problem(ordinary(20)); // loads the list
  const ms = await processorMs(() => {
    for (const unit of longest) problem(unit.repeat(256).slice(0, 256));
  });
  expect(ms / longest.length).toBeLessThan(100);
});
