import { chooseSecret, isBehind } from '../../../src/instances/choose-secret.js';

/** Every list without repetition of these ids, with at least one. */
function listsOf(ids: readonly string[]): string[][] {
  return ids.flatMap((id) => [
    [id],
    ...listsOf(ids.filter((other) => other !== id)).map((rest) => [id, ...rest]),
  ]);
}

const LISTS = listsOf(['a', 'b', 'c']);

describe('the secret that an instance uses', () => {
  it.each<[string, string[], string[][], string]>([
    ['is the first one of a single instance', ['new', 'old'], [], 'new'],
    [
      'is the old one while an instance does not know the new one',
      ['new', 'old'],
      [['new', 'old'], ['old']],
      'old',
    ],
    [
      'is the new one when all know it',
      ['new', 'old'],
      [
        ['new', 'old'],
        ['new', 'old'],
      ],
      'new',
    ],
    ['is the new one while the old one is removed', ['new', 'old'], [['new']], 'new'],
    ['is the own first one where lists differ in order only', ['old', 'new'], [['new', 'old']], 'old'],
    [
      'is the newest that all know of three',
      ['c', 'b', 'a'],
      [
        ['b', 'a'],
        ['c', 'b', 'a'],
      ],
      'b',
    ],
    ['is the first pepper only when all know a pepper', ['pepper', '-'], [['-']], '-'],
    ['does not depend on instances that share nothing with it', ['new', 'old'], [['x'], ['old']], 'old'],
    ['is the first one if all others share nothing with it', ['new', 'old'], [['x'], ['y']], 'new'],
    ['is the first one if the others have nothing in common', ['b', 'a'], [['b'], ['a']], 'b'],
  ])('%s', (_, own, others, chosen) => {
    expect(own[chooseSecret(own, others).position]).toBe(chosen);
  });

  it('is, for any lists of three instances, the first of its own that all related ones know', () => {
    for (const own of LISTS)
      for (const one of LISTS)
        for (const two of LISTS) {
          const { position, isCommon } = chooseSecret(own, [one, two]);
          const related = [one, two].filter((list) => list.some((id) => own.includes(id)));
          const newest = own.find((id) => related.every((list) => list.includes(id)));
          expect(own[position]).toBe(newest ?? own[0]);
          expect(isCommon).toBe([one, two].every((list) => list.includes(own[position]!)));
        }
  });

  it('is known to both, for any lists of two instances that share one', () => {
    for (const own of LISTS)
      for (const other of LISTS.filter((list) => list.some((id) => own.includes(id))))
        expect(other).toContain(own[chooseSecret(own, [other]).position]);
  });
});

describe('an instance is behind another one', () => {
  const other = (known: string[], made: string[], announced: string | null = null) => ({
    known,
    made,
    announced,
  });

  it.each<[string, ReturnType<typeof isBehind>, string[], ReturnType<typeof other>]>([
    ['not while the other one uses what both know', false, ['old'], other(['new', 'old'], ['old'], 'old')],
    [
      'soon when the other one has announced a newer secret',
      'soon',
      ['old'],
      other(['new', 'old'], ['old'], 'new'),
    ],
    [
      'already when the other one has used a newer secret',
      'already',
      ['old'],
      other(['new', 'old'], ['old', 'new']),
    ],
    [
      'not because it has removed an older secret',
      false,
      ['new'],
      other(['new', 'old'], ['old', 'new'], 'new'),
    ],
    ['not because its order differs', false, ['old', 'new'], other(['new', 'old'], ['new'], 'new')],
    ['not if they share nothing', false, ['x'], other(['new', 'old'], ['new'], 'new')],
  ])('%s', (_, expected, own, it) => {
    expect(isBehind(own, it)).toBe(expected);
  });
});
