import type { Service } from './service-steps.js';
import { isPastAbsoluteLimit, NEW_ROW, type Row, type Statements, type Token } from './session-row.js';

/** The instances of the service. */
export type Instance = 0 | 1;

/** What one PostgreSQL holds about the session and its user. */
export interface Database {
  row: Row | null;
  disabled: boolean;
}

/** A request that an instance is working on. It appears with the first thing that the instance does for it. */
export interface Request {
  by: 'owner' | 'thief' | 'admin';
  at: Instance;
  /** What the instance does next. */
  next: keyof Service;
  /** The presented refresh token; `null`: a request to end the session or to disable the user. */
  token: Token | null;
  /** Whether the user was enabled when the instance looked. */
  active: boolean;
  /** The refresh token that the answer will contain. */
  successor: Token | null;
  /** History: who could have known at its beginning that the session or the user had ended. */
  endKnownBy: 'instance' | 'database' | null;
}

export interface State {
  database: Database;
  /** What the standby has received: any earlier state of the primary. `null` once the standby has taken over. */
  standby: Database | null;
  /** Which instances know that the session has ended: they refuse its tokens without asking PostgreSQL. */
  knows: readonly [boolean, boolean];
  /** The last refresh token that each client has received. */
  owner: Token | null;
  thief: Token | null;
  requests: readonly Request[];

  // History, which no rule reads: only invariants do.
  /** For each token, the one it was issued for, and whether it was replaced longer ago than the leeway. */
  tokens: readonly { parent: Token; late: boolean }[];
  /** Whether a failover has lost a change. */
  lost: boolean;
  /** Whether nobody but the owner has used a token, and nobody has wanted the session or the user to end. */
  undisturbed: boolean;
}

/** What a transition shows to the world outside. */
export type Happening =
  | { kind: 'accepted' | 'refused' | 'ended'; request: Request }
  | { kind: 'restarted' | 'read'; at: Instance }
  | { kind: 'failed-over' };

export interface Step {
  name: string;
  after: State;
  happening?: Happening;
}

/** Everything that can be got wrong. A deliberate fault replaces one of these functions. */
export interface Rules extends Service {
  statements: Statements;
  /** What an instance knows after a failover. */
  knowsAfterFailover(knew: boolean): boolean;
  /** What an instance knows when it begins to serve. */
  knowsAfterStart(database: Database): boolean;
}

/** Just after the login. */
export const INITIAL: State = {
  database: { row: NEW_ROW, disabled: false },
  standby: { row: NEW_ROW, disabled: false },
  knows: [false, false],
  owner: 1,
  thief: null,
  requests: [],
  tokens: [{ parent: 0, late: false }],
  lost: false,
  undisturbed: true,
};

export function setAt<T>([a, b]: readonly [T, T], at: Instance, value: T): [T, T] {
  return at === 0 ? [value, b] : [a, value];
}

/** Equal for states that differ only in the names of the instances, the order of requests, and what decides nothing. */
export function keyOf(state: State): string {
  const { knows, requests } = state;
  if (knows[0] !== knows[1]) return keyAsNamed(state, knows[0] ? 0 : 1);
  const key = keyAsNamed(state, 0);
  if (requests.length === 0) return key;
  const mirrored = keyAsNamed(state, 1);
  return key < mirrored ? key : mirrored;
}

function keyAsNamed(state: State, first: Instance): string {
  const { database, standby, knows, owner, thief, requests, tokens, lost, undisturbed } = state;
  const work = requests.map(
    ({ by, at, next, token, active, successor, endKnownBy }) =>
      `${by},${at === first},${next},${token},${active},${successor},${endKnownBy};`,
  );
  if (work.length > 1) work.sort();
  let key = `${owner},${thief},${lost},${undisturbed},${knows[first]},${knows[1 - first]};`;
  key += `${rowKey(database)};${standby && rowKey(standby)};`;
  for (const { parent, late } of tokens) key += `${parent}${late};`;
  return key + work.join('');
}

/** The age of a token does not matter once the session is over. */
function rowKey({ row, disabled }: Database): string {
  if (!row) return `${disabled}`;
  const { current, previous, age, life, ended } = row;
  const counted = ended || isPastAbsoluteLimit(row) ? '' : age;
  return `${disabled},${current},${previous},${counted},${life},${ended}`;
}
