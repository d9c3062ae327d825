import type { RevocationEntry } from '../../../src/revocation/revocation-message.js';
import { RevocationIndex } from '../../../src/revocation/revocation-index.js';

const SECOND = 1_000;
const START = 1_800_000_000 * SECOND;
const KINDS = ['session', 'token', 'user', 'user-sessions', 'all'] as const;

describe('the revocations in memory', () => {
  let now: number;
  let index: RevocationIndex;
  beforeEach(() => {
    now = START;
    index = new RevocationIndex(() => now);
  });

  const add = (
    kind: RevocationEntry['kind'],
    { id = kind as string, since = START, until = START + 60 * SECOND } = {},
  ) => index.add({ kind, id, since: new Date(since), until: new Date(until) });
  const token = (more: object = {}) => ({ jti: 'x', sid: 'x', sub: 'x', iat: START / SECOND, ...more });

  it('are counted, whatever they revoke', () => {
    for (const [i, kind] of KINDS.entries()) {
      add(kind);
      add(kind);
      expect(index.size).toBe(i + 1);
    }
  });

  it.each(KINDS)(
    'of the kind %s go when the last token that they concern has expired, and not before',
    (kind) => {
      add(kind);
      index.sweep();
      now = START + 60 * SECOND - 1;
      index.sweep();
      expect(index.size).toBe(1);
      now = START + 121 * SECOND;
      index.sweep();
      expect(index.size).toBe(0);
    },
  );

  it.each(KINDS)('of the kind %s stay for as long as the latest of them says', (kind) => {
    add(kind);
    add(kind, { until: START + 300 * SECOND });
    add(kind, { until: START + 10 * SECOND });
    now = START + 200 * SECOND;
    index.sweep();
    expect(index.size).toBe(1);
  });

  it.each(KINDS)('of the kind %s go in the very second in which the last token expires', (kind) => {
    index.sweep();
    add(kind);
    now = START + 60 * SECOND;
    index.sweep();
    expect(index.size).toBe(0);
  });

  it.each(['user', 'user-sessions', 'all'] as const)(
    'of the kind %s count from the latest time, whichever comes last',
    (kind) => {
      for (const since of [START, START - 50 * SECOND]) add(kind, { since });
      const at = START / SECOND - 10;
      expect(index.has(token({ sub: kind, iat: at, auth_time: at }))).toBe(true);
      expect(index.has(token({ sub: kind, iat: at + 11, auth_time: at + 11 }))).toBe(false);
      expect(index.has(token({ sub: kind, iat: at + 11 }))).toBe(false);
    },
  );

  it('are swept now and then only', () => {
    index.sweep();
    add('user', { until: START + SECOND });
    now = START + 59 * SECOND;
    index.sweep();
    expect(index.size).toBe(1);
    now = START + 60 * SECOND;
    index.sweep();
    expect(index.size).toBe(0);
  });

  it.each([
    ['a session', 'session', { sid: 'session' }],
    ['a token', 'token', { jti: 'token' }],
    ['the tokens of a user', 'user', { sub: 'user' }],
    ['the sessions of a user', 'user-sessions', { sub: 'user-sessions' }],
    ['all sessions', 'all', {}],
  ] as const)('of %s concern nothing else', (_, kind, concerned) => {
    add(kind);
    expect(index.has(token(concerned))).toBe(true);
    expect(index.has(token())).toBe(kind === 'all');
  });

  it('of a user concern tokens up to the second of the revocation, those of sessions what began until then', () => {
    const second = START / SECOND;
    add('user');
    add('user-sessions');
    const issued = (iat: number) => index.has(token({ sub: 'user', iat, auth_time: second - 100 }));
    const began = (auth_time: number) =>
      index.has(token({ sub: 'user-sessions', iat: second + 50, auth_time }));
    expect([second - 1, second, second + 1].map(issued)).toEqual([true, true, false]);
    expect([second - 1, second, second + 1].map(began)).toEqual([true, true, false]);
    // A token that does not say when its session began may be of an old one.
    expect(index.has(token({ sub: 'user-sessions', iat: second }))).toBe(true);
    add('all', { since: START - 10 * SECOND });
    const all = (auth_time: number) => index.has(token({ iat: second + 50, auth_time }));
    expect([second - 11, second - 10, second - 9].map(all)).toEqual([true, true, false]);
  });

  it('ignore a line that is no revocation, and read those around it', () => {
    const id = '3f0e8f3e-0f7c-4a53-9b0a-2f1f6d2a9d10';
    const until = `1${((START + 60 * SECOND) / SECOND).toString(16)}`;
    const seen: string[] = [];
    index.watch(({ kind, id: of }) => void seen.push(`${kind} ${of}`));
    index.addRecords(`${id}${until}\nneither this\n${id.replace('3f', '4f')}${until}`);
    expect(seen).toEqual([`session ${id}`, `session ${id.replace('3f', '4f')}`]);
    expect(index.size).toBe(2);
  });

  it('are told to whoever watches, until that ends', () => {
    const seen: string[] = [];
    const end = index.watch(({ kind }) => void seen.push(kind));
    add('user');
    add('user');
    end();
    add('token');
    expect(seen).toEqual(['user', 'user']);
  });
});
