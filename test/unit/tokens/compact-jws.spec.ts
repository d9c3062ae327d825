import {
  MAX_TOKEN_LENGTH,
  parseSegment,
  segmentOf,
  splitCompactJws,
} from '../../../src/tokens/compact-jws.js';

const base64url = (text: string | Buffer) => Buffer.from(text).toString('base64url');

describe('a token in compact form', () => {
  it('is split into its three parts, whatever their lengths leave over', () => {
    for (const [header, payload, signature] of [
      ['AAAA', 'AAA', 'AA'],
      ['Zg', '-_8', 'Zm9v'],
    ] as const)
      expect(splitCompactJws(`${header}.${payload}.${signature}`)).toEqual({ header, payload, signature });
  });

  it.each([
    '',
    'AAAA',
    'AAAA.AAAA',
    'AAAA.AAAA.',
    'AAAA..AAAA',
    '.AAAA.AAAA',
    'AAAA.AAAA.AAAA.AAAA',
    'AAAA.AAAA.AAAA.',
    'AAAA.AAAA.AAAA\n',
    ' AAAA.AAAA.AAAA',
    'AA==.AAAA.AAAA',
    'AA+/.AAAA.AAAA',
    'A.AAAA.AAAA',
    'AAAA.AAAAA.AAAA',
    'AAAA.AAAA.AAAAA',
  ])('is nothing else: %j', (text) => {
    expect(splitCompactJws(text)).toBeNull();
  });

  it('has no bits that stand for nothing: of each spelling of some bytes, one is read', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (const start of ['A', 'AA']) {
      const read = [...alphabet].filter((last) => splitCompactJws(`AAAA.${start}${last}.AAAA`));
      expect(read).toEqual(
        [...alphabet].filter((last) => base64url(Buffer.from(start + last, 'base64url')) === start + last),
      );
      expect(read).toHaveLength(start === 'A' ? 4 : 16);
    }
  });

  it('is read up to its longest length, and no further', () => {
    const tokenOf = (length: number) => `AAAA.AAAA.${'A'.repeat(length - 10)}`;
    expect(splitCompactJws(tokenOf(MAX_TOKEN_LENGTH))).not.toBeNull();
    expect(splitCompactJws(tokenOf(MAX_TOKEN_LENGTH + 2))).toBeNull();
  });
});

describe('a part of a token', () => {
  it('is an object as it was written', () => {
    for (const part of [{}, { a: [1, { b: null }], å: '🙂' }])
      expect(parseSegment(segmentOf(part))).toEqual(part);
  });

  it.each([
    '[]',
    '[{}]',
    '"text"',
    '1',
    'true',
    'null',
    '',
    '{',
    '{"a":1',
    '{"a":1}x',
    '{"a": 1}',
    ' {}',
    '{"a":1,"a":1}',
    '{"a":1.0}',
    '{"a":"\\u0061"}',
    '\uFEFF{}',
  ])('is nothing else: %s', (text) => {
    expect(parseSegment(base64url(text))).toBeNull();
  });

  it('is UTF-8', () => {
    expect(parseSegment(base64url(Buffer.from('{"a":"\xff"}', 'latin1')))).toBeNull();
  });
});
