import { displayNameProblem } from '../../../src/users/display-name.js';
import { processorMs } from '../../support/processor-time.js';

describe('a display name is accepted', () => {
  test.each([
    ['Latin', 'Ada Lovelace'],
    ['of one letter', 'X'],
    ['with punctuation', "Siobhán O'Brien-Núñez, Jr."],
    ['in decomposed letters', 'Zoe\u0308'],
    ['Vietnamese', 'Nguyễn Thị Minh Khai'],
    ['Greek', 'Υπατία'],
    ['Cyrillic', 'Софья Ковалевская'],
    ['Hebrew', 'עדה לאבלייס'],
    ['Arabic', 'مريم العجلية'],
    ['Persian with a joiner between letters', 'علی\u200cرضا'],
    ['Hindi with a joiner', 'क्\u200dष'],
    ['Malayalam with a joiner at its end', 'ന്\u200d'],
    ['Sinhala', 'ශ්\u200dරී ලංකා'],
    ['Chinese', '王貞儀'],
    ['Japanese with a variant of a character', '葛\u{e0100}城'],
    ['Korean', '김점동'],
    ['Thai', 'สมหญิง'],
    ['Ethiopic', 'አበበ'],
    ['Mongolian with a variant of a letter', 'ᠠ\u180bᠡ'],
    ['beyond the Basic Multilingual Plane', '𐐀𐐁 𠮷野'],
    ['with an emoji', 'Ada 🚀'],
    ['with an emoji in color', 'Ada ❤\ufe0f'],
    ['with emoji joined to a family', '👩\u200d👩\u200d👧\u200d👦'],
    ['with emoji of a profession and skin tone', '👩🏽\u200d💻 Ada'],
    ['with a joined emoji in color', '👁\ufe0f\u200d🗨\ufe0f'],
    ['with a keycap', 'Team 1\ufe0f\u20e3'],
    ['with the flag of a country', 'Ada 🇬🇧'],
    ['with the flag of Wales', '🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}'],
    ['with a no-break space', 'Ada\u00a0Lovelace'],
    ['of 200 characters', 'x'.repeat(200)],
  ])('%s', (_, name) => {
    expect(displayNameProblem(name)).toBeNull();
  });
});

describe('a display name is refused', () => {
  const hidden = 'without control characters or invisible characters';
  test.each<[description: string, name: unknown, reason: string]>([
    ['empty', '', 'visible'],
    ['of spaces', '   ', 'visible'],
    ['of no-break spaces', '\u00a0\u2007\u202f', 'visible'],
    ['of ideographic spaces', '\u3000\u3000', 'visible'],
    ['of blank Braille', '\u2800', 'visible'],
    ['of fillers', '\u3164', hidden],
    ['of half-width fillers', '\uffa0', hidden],
    ['of zero-width spaces', '\u200b\u200b', hidden],
    ['of soft hyphens', '\u00ad', hidden],
    ['of joiners', '\u200d\u200d', hidden],
    ['with a line break', 'Ada\nLovelace', hidden],
    ['with a tab', 'Ada\tLovelace', hidden],
    ['with NUL', 'Ada\0', hidden],
    ['with an escape', '\u001b[31mAda', hidden],
    ['with a C1 control', 'Ada\u0085', hidden],
    ['with a line separator', 'Ada\u2028Lovelace', hidden],
    ['with a paragraph separator', 'Ada\u2029Lovelace', hidden],
    ['with a lone surrogate', 'Ada\ud800', hidden],
    ['with a byte order mark', '\ufeffAda', hidden],
    ['with a word joiner', 'Ada\u2060Lovelace', hidden],
    ['with a joiner in Latin', 'A\u200cda', hidden],
    ['with a joiner in Cyrillic', 'С\u200dофья', hidden],
    ['with a joiner between words', 'علی \u200c رضا', hidden],
    ['with two joiners', 'علی\u200c\u200cرضا', hidden],
    ['with a joiner at the end of Persian', 'علی\u200c', hidden],
    ['with an emoji joined to nothing', '👩\u200d', hidden],
    ['with a variation selector alone', '\ufe0fAda', hidden],
    ['with variation selectors in a row', 'Ada\ufe0f\ufe0f\ufe0f', hidden],
    ['with a variation selector in Latin', 'Ada\ufe0f', hidden],
    ['with two variation selectors', '❤\ufe0f\ufe0f', hidden],
    ['with tags outside of a flag', 'Ada\u{e0041}\u{e007f}', hidden],
    ['with an interlinear annotation', 'Ada\ufff9x\ufffb', hidden],
    ['of 201 characters', 'x'.repeat(201), 'at most 200'],
    ['a number', 7, 'text'],
    ['a list', ['Ada'], 'text'],
    ...[...'\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'].map(
      (control): [string, string, string] => [
        `with U+${control.codePointAt(0)!.toString(16)}`,
        `Ada ${control}ecalevoL`,
        hidden,
      ],
    ),
  ])('%s', (_, name, reason) => {
    expect(displayNameProblem(name)).toContain(reason);
  });
});

test('judges a megabyte of anything quickly', async () => {
  const ms = await processorMs(() => {
    for (const unit of ['a', '\u200c', 'ی\u200c', '👩\u200d', '\ufe0f', '🏴\u{e0067}'])
      expect(displayNameProblem(unit.repeat(1_000_000 / unit.length))).not.toBeNull();
    for (const unit of ['\u200c', 'ی\u200c', '👩\u200d', '\ufe0f', '\u{e0067}', '🏴\u{e0067}'])
      displayNameProblem(unit.repeat(200).slice(0, 200));
  });
  expect(ms).toBeLessThan(250);
});
