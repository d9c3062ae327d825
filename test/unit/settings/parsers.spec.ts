import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  asNumber,
  cidrs,
  flag,
  integer,
  isCidr,
  oneOf,
  onOrOff,
  type Parser,
  pems,
  texts,
  headerNames,
} from '../../../src/settings/parsers.js';
import { textOf } from '../../../src/settings/read-variables.js';

/** What a parser makes of a text, and what it says against it. */
function parsed<Value>(parse: Parser<Value>, text: string | undefined) {
  const problems: string[] = [];
  return { value: parse(text, (message) => problems.push(message)), problems };
}

describe('a variable', () => {
  it('that is empty or blank counts as none', () => {
    expect(['A', 'B', 'C', 'D'].map((name) => textOf({ A: '', B: '  ', D: ' x ' }, name))).toEqual([
      undefined,
      undefined,
      undefined,
      'x',
    ]);
    for (const parse of [integer(0, 9), flag, onOrOff, oneOf(['x']), texts, pems, asNumber])
      expect(parsed(parse as Parser<unknown>, undefined)).toEqual({ value: undefined, problems: [] });
  });

  it.each(['-1', '70000', '1e3', '0x50', '3000.5', '٣', 'NaN', '3 000'])('is no port as %p', (text) => {
    expect(parsed(integer(0, 65_535), text)).toEqual({
      value: undefined,
      problems: ['must be a whole number from 0 to 65535'],
    });
  });

  it.each(['-1', '1e3', '0x50', '3000.5', '٣', 'NaN', '3 000'])(
    'is no number as %p, which the module says, since it knows the range',
    (text) => expect(parsed(asNumber, text)).toEqual({ value: Number.NaN, problems: [] }),
  );

  it.each([
    ['true', true],
    ['ON', true],
    ['false', false],
    ['off', false],
  ])('is the flag %p', (text, value) => {
    expect(parsed(flag, text)).toEqual({ value, problems: [] });
    expect(parsed(onOrOff, text)).toEqual({ value: value ? {} : false, problems: [] });
  });

  it.each(['yes', '1', '0', 'nope'])('is no flag as %p', (text) => {
    for (const parse of [flag, onOrOff] as Parser<unknown>[])
      expect(parsed(parse, text)).toEqual({
        value: undefined,
        problems: ['must be true or false (or on or off)'],
      });
  });

  it('of several texts is split at commas, and empty ones are dropped', () => {
    expect(texts(' one, two ,,three,')).toEqual(['one', 'two', 'three']);
    expect(texts(',')).toBeUndefined();
  });

  it('is never repeated in a problem', () => {
    const problems = [
      parsed(integer(0, 2), 'canary'),
      parsed(oneOf(['x', 'y']), 'canary'),
      parsed(flag, 'canary'),
      parsed(cidrs, 'canary,canary'),
      parsed(pems, '/canary/key.pem'),
    ].flatMap((each) => each.problems);
    expect(problems).toHaveLength(5);
    expect(problems.join()).not.toContain('canary');
  });

  describe('that holds PEM', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'latchkey-pem-'));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it('may be text with written line breaks and paths of files', () => {
      const file = join(folder, 'key.pem');
      writeFileSync(file, 'from the file');
      const text = String.raw`-----BEGIN A-----\nabc\n-----END A-----,${file}`;
      expect(parsed(pems, text).value).toEqual(['-----BEGIN A-----\nabc\n-----END A-----', 'from the file']);
    });

    it.each(['missing.pem', '.'])('may not name the file %p, and says what is wrong with it', (name) => {
      expect(parsed(pems, join(folder, name)).problems).toEqual([
        expect.stringMatching(/^names a file that cannot be read \(E\w+\)$/),
      ]);
    });

    it.each([
      ['/a,/b,/c', 'files that cannot be read (ENOENT): entries 1, 2 and 3'],
      ['/a,/b', 'files that cannot be read (ENOENT): entries 1 and 2'],
      ['-----BEGIN A-----,/b', 'a file that cannot be read (ENOENT): entry 2'],
      ['/a,-----BEGIN A-----,/', 'files that cannot be read (ENOENT, EISDIR): entries 1 and 3'],
    ])('names the unreadable files by number, in one problem: %p', (text, expected) => {
      expect(parsed(pems, text).problems).toEqual([`names ${expected}`]);
    });
  });
});

describe('an address range', () => {
  it.each(['10.0.0.0/8', '127.0.0.1/32', '::1/128', 'fd00::/8', '0.0.0.0/0'])('is %p', (text) => {
    expect(isCidr(text)).toBe(true);
  });

  it.each([
    '10.0.0.1',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    'fd00::/129',
    'true',
    'loopback',
    '10.0.0/8',
    '/8',
  ])('is not %p', (text) => {
    expect(isCidr(text)).toBe(false);
  });
});

describe('a list of header names', () => {
  it.each([
    [undefined, []],
    ['X-Client-Version', ['X-Client-Version']],
    ['x-a, ,X_b ,', ['x-a', 'X_b']],
  ])('can be %p', (text, expected) => {
    expect(parsed(headerNames, text)).toEqual({ value: expected, problems: [] });
  });

  it.each(['*', 'X-*', 'a b', 'x-a: 1', 'x-a;x-b', 'ä', 'x-a\r\nset-cookie', '"x"', '(x)'])(
    'cannot be %p',
    (text) => {
      expect(parsed(headerNames, text).problems).toEqual([
        'must be a comma-separated list of header names such as X-Client-Version, without wildcards',
      ]);
    },
  );
});
