import { OUR_TYPES, parseTextArray, parseTimestamp } from '../../../src/database/value-parsers.js';

const parse = (type: number, text: string) => OUR_TYPES.getTypeParser(type)(text);

describe('a time from PostgreSQL', () => {
  it.each([
    ['2026-11-28 09:04:15+00', '2026-11-28T09:04:15.000Z'],
    ['2026-11-28 09:04:15.1+00', '2026-11-28T09:04:15.100Z'],
    ['2026-11-28 09:04:15.123+00', '2026-11-28T09:04:15.123Z'],
    ['2026-11-28 09:04:15.001+00', '2026-11-28T09:04:15.001Z'],
    ['2026-11-28 09:04:15.999999+00', '2026-11-28T09:04:15.999Z'],
    ['2026-11-28 23:30:00-05', '2026-11-29T04:30:00.000Z'],
    ['2026-11-28 05:30:00+05:30', '2026-11-28T00:00:00.000Z'],
    ['2026-11-28 00:00:00-03:30', '2026-11-28T03:30:00.000Z'],
    ['1890-01-01 00:19:32+00:19:32', '1890-01-01T00:00:00.000Z'],
    ['1969-12-31 23:59:59.5+00', '1969-12-31T23:59:59.500Z'],
    ['0001-01-01 00:00:00+00', '0001-01-01T00:00:00.000Z'],
    ['2024-02-29 12:00:00+00', '2024-02-29T12:00:00.000Z'],
    ['10000-01-01 00:00:00+00', '+010000-01-01T00:00:00.000Z'],
    ['infinity', '+275760-09-13T00:00:00.000Z'],
    ['-infinity', '-271821-04-20T00:00:00.000Z'],
  ])('%s is %s', (text, time) => {
    expect(parseTimestamp(text).toISOString()).toBe(time);
  });

  it('is cut off to the right millisecond, whichever it is', () => {
    for (let ms = 0; ms < 1_000; ms++) {
      const fraction = String(ms).padStart(3, '0');
      expect(parseTimestamp(`2026-11-28 09:04:59.${fraction}+00`).getUTCMilliseconds()).toBe(ms);
      expect(parseTimestamp(`2026-11-28 09:04:59.${fraction}999+00`).getUTCMilliseconds()).toBe(ms);
    }
  });

  it.each(['28.11.2026 09:04:15 CET', '2026-11-28 09:04:15', '0044-03-15 00:00:00+00 BC', ''])(
    'in another notation is refused: %s',
    (text) => {
      expect(() => parseTimestamp(text)).toThrow('not in ISO notation');
    },
  );
});

describe('an array from PostgreSQL', () => {
  it.each([
    ['{}', []],
    ['{admin}', ['admin']],
    ['{admin,owner}', ['admin', 'owner']],
    ['{"a b","c,d","{e}"}', ['a b', 'c,d', '{e}']],
    [String.raw`{"say \"hi\"","back\\slash"}`, ['say "hi"', 'back\\slash']],
    ['{""}', ['']],
    ['{"",x,""}', ['', 'x', '']],
    ['{NULL,"NULL"}', [null, 'NULL']],
    ['{"two\nlines"}', ['two\nlines']],
    ['{ä,🗝}', ['ä', '🗝']],
    ['{orders:read,*}', ['orders:read', '*']],
  ])('%s', (text, elements) => {
    expect(parseTextArray(text)).toEqual(elements);
  });
});

describe('other types', () => {
  it('booleans, numbers and JSON are what they are in JavaScript', () => {
    expect([parse(16, 't'), parse(16, 'f')]).toEqual([true, false]);
    expect([parse(21, '7'), parse(23, '-7'), parse(701, '1.5'), parse(701, 'Infinity')]).toEqual([
      7,
      -7,
      1.5,
      Infinity,
    ]);
    expect([parse(114, '{"a":[1]}'), parse(3802, 'null')]).toEqual([{ a: [1] }, null]);
  });

  it('ids, large numbers and unknown types stay text', () => {
    for (const type of [25, 1043, 2950, 20, 1700, 99_999]) expect(parse(type, '42')).toBe('42');
  });
});
