import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentReader, isCidr } from '../../../src/settings/environment-reader.js';

describe('the environment reader', () => {
  it('takes an empty or blank variable for none', () => {
    const read = new EnvironmentReader({ A: '', B: '  ' });
    expect([read.optional('A'), read.optional('B'), read.text('C', 'x')]).toEqual([
      undefined,
      undefined,
      'x',
    ]);
    expect(read.integer('A', 7, 0, 9)).toBe(7);
    expect(read.flag('B', true)).toBe(true);
    expect(read.problems).toEqual([]);
  });

  it.each(['-1', '70000', '1e3', '0x50', '3000.5', '٣', 'NaN', '3 000'])('reads %p as no port', (text) => {
    const read = new EnvironmentReader({ PORT: text });
    expect(read.integer('PORT', 3000, 0, 65_535)).toBe(3000);
    expect(read.problems).toEqual(['PORT must be a whole number from 0 to 65535']);
  });

  it.each([
    ['true', true],
    ['ON', true],
    ['false', false],
    ['off', false],
  ])('reads the flag %p', (text, value) => {
    const read = new EnvironmentReader({ A: text });
    expect(read.flag('A', !value)).toBe(value);
    expect(read.problems).toEqual([]);
  });

  it.each(['yes', '1', '0', 'nope'])('reads %p as no flag', (text) => {
    const read = new EnvironmentReader({ A: text });
    read.flag('A', true);
    expect(read.problems).toEqual(['A must be true or false (or on or off)']);
  });

  it('splits secrets at commas and drops empty ones', () => {
    expect(new EnvironmentReader({ A: ' one, two ,,three,' }).secrets('A')).toEqual(['one', 'two', 'three']);
  });

  it('never repeats a value in a problem', () => {
    const read = new EnvironmentReader({
      A: 'canary',
      B: 'canary',
      C: 'canary,canary',
      D: '/canary/key.pem',
    });
    read.integer('A', 1, 0, 2);
    read.oneOf('B', 'x', ['x', 'y']);
    read.flag('A', true);
    read.list('C', () => false, 'good');
    read.pems('D');
    expect(read.problems).toHaveLength(5);
    expect(read.problems.join()).not.toContain('canary');
  });

  describe('for PEM', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'latchkey-pem-'));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    it('takes text with written line breaks and the contents of files', () => {
      const file = join(folder, 'key.pem');
      writeFileSync(file, 'from the file');
      const read = new EnvironmentReader({
        KEY: String.raw`-----BEGIN A-----\nabc\n-----END A-----,${file}`,
      });
      expect(read.pems('KEY')).toEqual(['-----BEGIN A-----\nabc\n-----END A-----', 'from the file']);
    });

    it.each(['missing.pem', '.'])('says what is wrong with the file %p', (name) => {
      const read = new EnvironmentReader({ KEY: join(folder, name) });
      read.pems('KEY');
      expect(read.problems).toEqual([
        expect.stringMatching(/^KEY names a file that cannot be read \(E\w+\)$/),
      ]);
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
