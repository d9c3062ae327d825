import { isDeepStrictEqual } from 'node:util';
import { factsOf, idOf } from './conformance.js';
import { reachableRows } from './reachable-rows.js';
import { RULES } from './rotation-model.js';
import { observe, type Observed, type Wrong } from './service-subject.js';
import type { Token } from './session-row.js';
import { INITIAL, type Request, type State } from './state.js';

interface Case {
  state: State;
  /** The presented refresh token, or `null` for a logout. */
  token: Token | null;
}

/** Every row, whether the user is disabled, and whether the instance knows of an end, also of one that the row has lost. */
const CASES: Case[] = reachableRows().flatMap((row) =>
  [false, true].flatMap((disabled) =>
    [false, true].flatMap((knows) => {
      const newest = row?.current ?? 1;
      const tokens = Array.from({ length: newest + 1 }, () => ({ parent: 0, late: false }));
      const state: State = { ...INITIAL, database: { row, disabled }, knows: [knows, knows], tokens };
      return [null, ...tokens.map((_, index) => index + 1)].map((token) => ({ state, token }));
    }),
  ),
);

/** What the model lets be seen when nothing else happens meanwhile. */
function expected({ state, token }: Case): Observed {
  const next = token === null ? 'end' : 'look';
  let request: Request = {
    by: 'owner',
    at: 0,
    next,
    token,
    active: true,
    successor: null,
    endKnownBy: null,
  };
  const changes: string[] = [];
  for (let now = state; ;) {
    const { becomes, change, happening } = RULES[request.next](now, request, RULES);
    const after = { ...now, ...change };
    if (after.database.row !== now.database.row || after.knows[0] !== now.knows[0])
      changes.push(request.next);
    now = after;
    if (!becomes) {
      const isAccepted = happening!.kind === 'accepted';
      const answer = isAccepted ? 'accepted' : token === null ? 'ended' : 'refused';
      const { row } = now.database;
      const successor = isAccepted ? idOf(request.successor!) : null;
      return { changes, answer, successor, facts: row && factsOf(row), knows: now.knows[0] };
    }
    request = becomes;
  }
}

/** The service chooses the ids of new tokens at random. */
function named({ state }: Case, { successor, facts, ...rest }: Observed): Observed {
  const known = new Set(state.tokens.map((_, index) => idOf(index + 1)));
  const nameOf = (id: string) => (known.has(id) ? id : idOf(state.tokens.length + 1));
  return {
    ...rest,
    successor: successor && nameOf(successor),
    facts: facts && { ...facts, current: nameOf(facts.current) },
  };
}

async function differences(inOneStatement: boolean, wrong?: Wrong): Promise<object[]> {
  const found: object[] = [];
  for (const each of CASES) {
    const is = named(each, await observe(each.state, each.token, inOneStatement, wrong));
    const should = expected(each);
    if (!isDeepStrictEqual(is, should)) found.push({ ...each, is, should });
  }
  return found.slice(0, 3);
}

test.each([false, true])(
  'a refresh and a logout change in every reachable state what they change in the model, in the same order; in one statement: %s',
  async (inOneStatement) => {
    expect(await differences(inOneStatement)).toEqual([]);
  },
);

test.each<[string, Wrong]>([
  [
    'a refresh does not look at the user',
    { users: { findById: async () => ({ disabled: false }) as never } },
  ],
  ['a refresh does not look at what its instance knows', { knowsEnded: async () => false }],
  ['an end is not known to the instance that made it', { forbid: async () => undefined }],
])('a deliberate fault is found: %s', async (_, wrong) => {
  expect(await differences(false, wrong)).not.toEqual([]);
});
