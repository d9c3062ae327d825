import { parseDuration, printDuration } from '../../../src/options/duration.js';

describe('durations', () => {
  it.each([
    ['0s', 0],
    ['10s', 10],
    ['15m', 900],
    ['12h', 43_200],
    ['7d', 604_800],
  ])('%s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['0s', '61s', '1d', '36500d'] as const)('%s is printed as it is read', (text) => {
    expect(printDuration(parseDuration(text)!)).toBe(text);
  });

  it.each(['', '15', 'm', '1.5h', '-1s', '1 h', '15min', '١s', '9999999999s', '1d\n'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );
});
