import { readFileSync } from 'node:fs';
import { explore } from './explore.js';
import { FAULTS } from './faults.js';
import { brokenBy, INVARIANTS, LEFT_OUT } from './invariants.js';
import { type Bounds, RULES, stepsFrom } from './rotation-model.js';
import { INITIAL, keyOf, type Rules } from './state.js';

const exploreWith = (bounds: Bounds, rules: Rules = RULES) =>
  explore({
    initial: INITIAL,
    stepsFrom: (state) => stepsFrom(state, rules, bounds),
    keyOf,
    brokenBy: (before, step) => brokenBy(before, step, rules),
  });

const EVERYBODY: Bounds = {
  tokens: 3,
  requestsAtOnce: 1,
  with: ['thief', 'admin', 'standby'],
  promptOwner: true,
};
/** All of it at once is too much for every run: each of these leaves out something else. */
const EXPLORED: [string, Bounds][] = [
  ['everybody, one request at a time', { ...EVERYBODY, tokens: 2 }],
  ['three tokens, without a standby', { ...EVERYBODY, with: ['thief', 'admin'] }],
  ['two tabs of the owner', { ...EVERYBODY, requestsAtOnce: 2, with: [] }],
  ['the owner and a thief at the same time', { ...EVERYBODY, tokens: 2, requestsAtOnce: 2, with: ['thief'] }],
  ['two tabs during a failover', { ...EVERYBODY, tokens: 2, requestsAtOnce: 2, with: ['standby'] }],
];
const { MODEL_TOKENS, MODEL_REQUESTS } = process.env;
if (MODEL_TOKENS && MODEL_REQUESTS)
  EXPLORED.push([
    'everybody, as asked for',
    { ...EVERYBODY, tokens: Number(MODEL_TOKENS), requestsAtOnce: Number(MODEL_REQUESTS) },
  ]);
const found: Record<string, object> = {};

describe('no reachable state breaks a promise:', () => {
  afterAll(() => {
    if (process.env.MODEL_FIGURES) console.table(found);
  });

  test.each(EXPLORED)('%s', (name, bounds) => {
    const { violation, ...figures } = exploreWith(bounds);
    found[name] = figures;
    expect(violation).toBeUndefined();
  });
});

test('everything that the model can do is done', () => {
  const done = new Set<string>();
  explore({
    initial: INITIAL,
    stepsFrom: (state) => stepsFrom(state, RULES, { ...EVERYBODY, tokens: 2 }),
    keyOf,
    brokenBy(_, { name }) {
      done.add(name.replace(/^.*\b[AB]:? /, ''));
      return [];
    },
  });
  expect([...done].sort()).toEqual([
    'answer → end',
    'answer, accepted',
    'cleanup',
    'disable → end',
    'end → tell',
    'fails',
    'is killed and starts again',
    'judge → answer',
    'judge → end',
    'judge, refused',
    'look → end',
    'look → rotate',
    'reads new revocations',
    'rotate → answer',
    'rotate → end',
    'rotate → judge',
    'tell, ended',
    'the standby catches up',
    'the standby takes over',
    'the thief copies the token',
    'time passes',
  ]);
});

test('every promise of docs/reliability.md is stated, or is left out for a reason', () => {
  const guide = readFileSync(new URL('../../docs/reliability.md', import.meta.url), 'utf8');
  const promises = Object.fromEntries(
    [...guide.matchAll(/^\| (I\d+) +\| (.+?) +\|$/gm)].map(([, id, text]) => [id, text]),
  );
  expect([...Object.keys(INVARIANTS), ...LEFT_OUT].sort()).toEqual(Object.keys(promises).sort());
  for (const [id, { promise }] of Object.entries(INVARIANTS)) expect(promises[id]).toContain(promise);
});

describe('a deliberate fault is found:', () => {
  test.each(Object.entries(FAULTS))('%s', (_, { breaks, rules }) => {
    expect(exploreWith(EVERYBODY, rules).violation?.broken).toEqual([breaks]);
  });
});

test('without the assumption that a refresh takes less time than the leeway, a session can be lost', () => {
  const slow: Bounds = { ...EVERYBODY, requestsAtOnce: 2, with: [], promptOwner: false };
  expect(exploreWith(slow).violation).toEqual({
    broken: ['I2'],
    path: [
      'owner at A: look → rotate',
      "owner's request at A: rotate → answer",
      'owner at A: look → rotate',
      "owner's request at A: answer, accepted",
      "owner's request at A: rotate → judge",
      'time passes',
      "owner's request at A: judge → end",
      "owner's request at A: end → tell",
    ],
  });
});
