import { RevocationIndex } from '../../../src/revocation/revocation-index.js';
import { idAt, readRecords } from '../../../src/revocation/session-records.js';

const ID = '3f0e8f3e-0f7c-4a53-9b0a-2f1f6d2a9d10';
const OTHER = ID.replace('3f', '4f');
const read = (text: string) => {
  const found: [string, number?][] = [];
  readRecords(text, {
    session: (start, seconds) => void found.push([idAt(text, start), seconds]),
    line: (line) => void found.push([line]),
  });
  return found;
};

describe('records of sessions', () => {
  it('are read with all the times that they can hold', () => {
    expect(read('')).toEqual([]);
    expect(read(`${ID}100000000${OTHER}1ffffffff${ID}16929abcd`)).toEqual([
      [ID, 0],
      [OTHER, 0xffffffff],
      [ID, 0x6929abcd],
    ]);
  });

  it('stand between lines of any length', () => {
    const line = 'x'.repeat(43);
    expect(read(`\n${line}\n${ID}16929abcd\n\n\na line\n`)).toEqual([
      [line],
      [ID, 0x6929abcd],
      [''],
      ['a line'],
    ]);
  });

  it.each([
    ['a line without an end', `${ID}16929abcd\na line`],
    ['cut off', `${ID}16929abc`],
    ['without a time', ID],
    ['one character late', `x${ID}16929abcd`],
    ['with a shorter id between others', `${ID}16929abcd${ID.slice(1)}16929abcd${ID}16929abcd`],
    ['with another first digit', `${ID}26929abcd`],
    ['with a digit that is none', `${ID}16929abcg`],
  ])('that are %s are not read as something else', (_, text) => {
    expect(() => read(text)).toThrow('unknown form');
  });

  it('may hold ids of any kind, and keep the latest time of each', () => {
    let seconds = 0;
    const index = new RevocationIndex(() => seconds * 1_000);
    const strange = 'a session of a host, 36 characters  ';
    index.addRecords(
      `${ID}100000010${strange}100000010\nuser ada 5000 9000\n${ID}100000020${strange}100000020${ID}100000005`,
    );
    expect(index.size).toBe(3);
    const at = (time: number) => {
      seconds = time;
      index.sweep();
      return [ID, strange, OTHER].map((sid) => index.has({ sid, jti: 'x', sub: 'x', iat: 0 }));
    };
    expect(at(31)).toEqual([true, true, false]);
    expect(at(92)).toEqual([false, false, false]);
  });
});
