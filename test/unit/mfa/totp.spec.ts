import { randomBytes } from 'node:crypto';
import { codeOf, fromBase32, isCode, otpauthUrl, stepOf, toBase32 } from '../../../src/mfa/totp.js';
import { totpCode } from '../../../src/testing/index.js';

const SECRET = Buffer.from('12345678901234567890');

describe('codes of authenticator apps', () => {
  // RFC 6238, appendix B, with six digits.
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %i seconds it is %s', (seconds, code) => {
    expect(codeOf(SECRET, Math.floor(seconds / 30))).toBe(code);
    expect(totpCode(toBase32(SECRET), () => seconds * 1_000)).toBe(code);
  });

  // RFC 4226, appendix D.
  it.each([
    '755224',
    '287082',
    '359152',
    '969429',
    '338314',
    '254676',
    '287922',
    '162583',
    '399871',
    '520489',
  ])('the HOTP values of RFC 4226 are the same: %s', (code) => {
    const codes = Array.from({ length: 10 }, (_, step) => codeOf(SECRET, step));
    expect(codes).toContain(code);
  });

  it('are found in the present time step and its neighbors only', () => {
    for (const distance of [-2, -1, 0, 1, 2]) {
      const found = stepOf(SECRET, codeOf(SECRET, 100 + distance), 100);
      expect(found).toBe(Math.abs(distance) < 2 ? 100 + distance : null);
    }
  });

  it.each(['', '12345', '1234567', ' 12345', '12345\n', '１２３４５６', '١٢٣٤٥٦', null, 123456, ['123456']])(
    'are six digits: not %j',
    (text) => expect(isCode(text)).toBe(false),
  );

  it('are six digits, also with zeros in front', () => expect(isCode('000123')).toBe(true));
});

describe('base32', () => {
  // RFC 4648 §10.
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('%j is %s', (text, encoded) => {
    expect(toBase32(Buffer.from(text))).toBe(encoded);
    expect(fromBase32(encoded).toString()).toBe(text);
  });

  it('reads what it wrote, and nothing else', () => {
    for (let n = 0; n < 100; n++) {
      const bytes = randomBytes(20);
      expect(fromBase32(toBase32(bytes))).toEqual(bytes);
    }
    expect(() => fromBase32('ABC1')).toThrow(new TypeError('This is not base32.'));
  });
});

it('names the account so that no part of it is taken for another', () => {
  const url = otpauthUrl({ issuer: 'My App & Co', account: 'ada+x@example.com', secret: 'ABC' });
  expect(url).toBe(
    'otpauth://totp/My%20App%20%26%20Co:ada%2Bx%40example.com?secret=ABC&issuer=My%20App%20%26%20Co&algorithm=SHA1&digits=6&period=30',
  );
});
