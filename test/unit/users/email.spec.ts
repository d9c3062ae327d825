import { canonicalEmail, maskEmail } from '../../../src/users/email.js';
import { processorMs } from '../../support/processor-time.js';

const local64 = 'a'.repeat(64);
const domainOf = (length: number) => `${`${'d'.repeat(49)}.`.repeat(10)}`.slice(0, length - 4) + '.com';

describe('an email address is accepted, in its canonical form:', () => {
  test.each([
    ['a plain one', 'ada@example.com', 'ada@example.com'],
    ['upper case in both parts', 'Ada.LOVELACE@Example.COM', 'ada.lovelace@example.com'],
    ['a tag, which counts', 'ada+Shop@example.com', 'ada+shop@example.com'],
    ['every special character of a local part', "!#$%&'*+/=?^_`{|}~-@example.com", undefined],
    ['one character', 'a@b.co', undefined],
    ['a leading digit', '1@2.example', undefined],
    ['many labels', 'a@b.c.d.e.example', undefined],
    ['an internationalized domain', 'ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['an internationalized domain in upper case', 'ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
    ['a domain in NFD', 'ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
    ['a domain in punycode', 'ada@XN--BCHER-KVA.example', 'ada@xn--bcher-kva.example'],
    ['an internationalized top-level domain', 'ada@пример.рф', 'ada@xn--e1afmkfd.xn--p1ai'],
    ['full-width letters in the domain', 'ada@ｅxample.com', 'ada@example.com'],
    ['64 characters before the @', `${local64}@example.com`, undefined],
    ['254 characters', `${local64}@${domainOf(189)}`, undefined],
    ['a database command', "o'--drop@example.com", undefined],
  ])('%s', (_, input, canonical = input) => {
    expect(canonicalEmail(input)).toBe(canonical);
    expect(canonicalEmail(canonical)).toBe(canonical);
  });
});

describe('is refused:', () => {
  test.each([
    ['nothing', ''],
    ['no @', 'example.com'],
    ['no local part', '@example.com'],
    ['no domain', 'ada@'],
    ['two @', 'a@b@example.com'],
    ['a leading space', ' ada@example.com'],
    ['a trailing space', 'ada@example.com '],
    ['a space inside', 'a da@example.com'],
    ['a tab', 'ada@\texample.com'],
    ['a line break and a header', 'ada@example.com\r\nBcc: eve@example.com'],
    ['a line feed at the end', 'ada@example.com\n'],
    ['a NUL in the local part', 'a\0da@example.com'],
    ['a NUL in the domain', 'ada@example\0.com'],
    ['a quoted local part', '"ada"@example.com'],
    ['a comment', 'ada(comment)@example.com'],
    ['a comment in the domain', 'ada@(comment)example.com'],
    ['a display name', 'Ada <ada@example.com>'],
    ['angle brackets', '<ada@example.com>'],
    ['a list', 'ada@example.com,eve@example.com'],
    ['a list with a semicolon', 'ada@example.com;eve@example.com'],
    ['mailto', 'mailto:ada@example.com'],
    ['an IPv4 literal', 'ada@[127.0.0.1]'],
    ['an IPv6 literal', 'ada@[IPv6:::1]'],
    ['an IPv4 address', 'ada@127.0.0.1'],
    ['a short IPv4 address', 'ada@127.1'],
    ['a hexadecimal IPv4 address', 'ada@0x7f.0.0.0x1'],
    ['an IPv4 address in full-width digits', 'ada@１２７.０.０.１'],
    ['a domain without a dot', 'ada@localhost'],
    ['a trailing dot', 'ada@example.com.'],
    ['a trailing dot in another script', 'ada@example.com。'],
    ['a leading dot in the domain', 'ada@.example.com'],
    ['two dots in the domain', 'ada@example..com'],
    ['a leading dot in the local part', '.ada@example.com'],
    ['a trailing dot in the local part', 'ada.@example.com'],
    ['two dots in the local part', 'ada..l@example.com'],
    ['a hyphen at the edge of a label', 'ada@-example.com'],
    ['an underscore in the domain', 'ada@ex_ample.com'],
    ['a one-letter top-level domain', 'ada@example.c'],
    ['a numeric top-level domain', 'ada@example.123'],
    ['broken punycode', 'ada@xn--a.com'],
    ['broken punycode in upper case', 'ada@XN--A.com'],
    ['a broken label next to a valid one', 'ada@xn--a.xn--bcher-kva.example'],
    ['a broken label next to an internationalized one', 'ada@xn--a.bücher.example'],
    ['a broken top-level domain', 'ada@example.xn--a'],
    ['punycode of text that is not normalized', 'ada@xn--u-ccb.com'],
    ['punycode of plain ASCII', 'ada@xn--abc-.com'],
    ['percent encoding', 'ada@ex%61mple.com'],
    ['full-width percent encoding', 'ada@ex％61mple.com'],
    ['a port', 'ada@example.com:25'],
    ['a path', 'ada@example.com/x'],
    ['a full-width path', 'ada@example.com／x'],
    ['a full-width @', 'ada@eve＠example.com'],
    ['a fragment', 'ada@example.com#x'],
    ['a backslash', 'ada@example.com\\x'],
    ['a zero-width space in the domain', 'ada@exam\u200bple.com'],
    ['a zero-width space in the local part', 'a\u200bda@example.com'],
    ['a soft hyphen in the domain', 'ada@exam\u00adple.com'],
    ['a right-to-left override', 'ada@\u202eexample.com'],
    ['a byte order mark', '\ufeffada@example.com'],
    ['a local part that is not ASCII', 'ädä@example.com'],
    ['a homoglyph in the local part', 'аda@example.com'],
    ['the Kelvin sign, which NFC turns into a K', '\u212Aim@example.com'],
    ['a dotted capital I', '\u0130da@example.com'],
    ['a lone surrogate in the domain', 'ada@\ud800example.com'],
    ['65 characters before the @', `a${local64}@example.com`],
    ['a label of 64 characters', `ada@${'d'.repeat(64)}.com`],
    ['255 characters', `${local64}@${domainOf(190)}`],
    ['a domain too long in punycode', `ada@${'ü.'.repeat(40)}example.com`.padStart(240, 'a')],
  ])('%s', (_, input) => {
    expect(canonicalEmail(input)).toBeNull();
  });
});

test('the longest addresses of these tests have the stated length', () => {
  expect(`${local64}@${domainOf(189)}`).toHaveLength(254);
  expect(`${local64}@${domainOf(190)}`).toHaveLength(255);
});

test.each([
  ['a@', 'a'.repeat(100_000)],
  ['dots', `${'a.'.repeat(50_000)}@example.com`],
  ['@', '@'.repeat(100_000)],
  ['combining marks', `a@a${'\u0301\u0316'.repeat(50_000)}.com`],
  ['labels', `a@${'a.'.repeat(50_000)}com`],
  ['hyphens', `a@a${'-'.repeat(100_000)}`],
  ['combining marks of the maximum allowed length', `a@a${'\u0301\u0316'.repeat(123)}.com`],
])('judges 100 000 characters of nonsense quickly (%s)', async (_, input) => {
  const ms = await processorMs(() => {
    for (let i = 0; i < 10; i++) expect(canonicalEmail(input)).toBeNull();
  });
  expect(ms).toBeLessThan(250);
});

describe('for the log', () => {
  test.each([
    ['ada.lovelace@example.com', 'a***@example.com'],
    ['A@Example.com', 'a***@example.com'],
    ['ada@bücher.example', 'a***@xn--bcher-kva.example'],
  ])('%s becomes %s', (email, masked) => {
    expect(maskEmail(email)).toBe(masked);
  });

  test.each(['', 'ada', 'ada@example.com\r\nlogin ok', '\u001b[31m@example.com', 'ada@'])(
    'text that is not an address is hidden completely (%j)',
    (text) => {
      expect(maskEmail(text)).toBe('***');
    },
  );
});
