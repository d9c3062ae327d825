import { SERVICE, type Service } from './service-steps.js';
import { olderByOneTick, STATEMENTS, type Token } from './session-row.js';
import {
  type Database,
  type Instance,
  type Request,
  type Rules,
  setAt,
  type State,
  type Step,
} from './state.js';

export const RULES: Rules = {
  ...SERVICE,
  statements: STATEMENTS,
  knowsAfterFailover: (knew) => knew,
  // Triggers write the revocation in the transaction that ends the session.
  knowsAfterStart: ({ row }) => row?.ended ?? false,
};

/** How much is explored, and what is assumed about the world. */
export interface Bounds {
  /** How many are issued at most: what would issue another one does not happen. */
  tokens: number;
  requestsAtOnce: number;
  /** Who takes part besides the owner. */
  with: readonly ('thief' | 'admin' | 'standby')[];
  /** A refresh of the owner takes less time than the leeway, and ends before the owner presents a later token. */
  promptOwner: boolean;
}

const INSTANCES: readonly Instance[] = [0, 1];
const nameOf = (instance: Instance) => 'AB'[instance]!;

/** Everything that can happen next. */
export function stepsFrom(state: State, rules: Rules, bounds: Bounds): Step[] {
  return [
    ...state.requests.flatMap((request) => progress(state, request, rules, bounds)),
    ...(state.requests.length < bounds.requestsAtOnce
      ? INSTANCES.flatMap((at) => arrivals(state, at, rules, bounds))
      : []),
    ...INSTANCES.flatMap((at) => instanceSteps(state, at, rules)),
    ...worldSteps(state, rules, bounds),
  ];
}

/** A request goes on by one step, or its client gets no answer: a lost connection, a `503`, a timeout. */
function progress(state: State, request: Request, rules: Rules, { tokens }: Bounds): Step[] {
  const others = state.requests.filter((each) => each !== request);
  const about = `${request.by}'s request at ${nameOf(request.at)}`;
  const fails = { name: `${about} fails`, after: { ...state, requests: others } };
  const { becomes, change, happening } = rules[request.next](state, request, rules);
  if ((change?.tokens ?? state.tokens).length > tokens) return [fails];
  const requests = becomes ? [...others, becomes] : others;
  const name = `${about}: ${request.next}${becomes ? ` → ${becomes.next}` : `, ${happening!.kind}`}`;
  return [{ name, after: { ...state, ...change, requests }, happening }, fails];
}

function arrivals(state: State, at: Instance, rules: Rules, bounds: Bounds): Step[] {
  const { owner, thief, database, knows } = state;
  const endKnownBy = knows[at] ? 'instance' : database.disabled || database.row?.ended ? 'database' : null;
  const begin = (by: Request['by'], first: keyof Service, token: Token | null): Step => {
    const request: Request = { by, at, next: first, token, active: true, successor: null, endKnownBy };
    const undisturbed = state.undisturbed && by === 'owner' && token !== null;
    const { becomes, change, happening } = rules[first](state, request, rules);
    const requests = becomes ? [...state.requests, becomes] : state.requests;
    const name = `${by} at ${nameOf(at)}: ${first} → ${becomes!.next}`;
    return { name, after: { ...state, undisturbed, ...change, requests }, happening };
  };
  const steps: Step[] = [];
  const ownRefreshes = state.requests.filter(({ by, token }) => by === 'owner' && token !== null);
  if (owner !== null) {
    if (!bounds.promptOwner || ownRefreshes.every(({ token }) => token === owner))
      steps.push(begin('owner', 'look', owner));
    steps.push(begin('owner', 'end', null));
  }
  if (thief !== null) steps.push(begin('thief', 'look', thief));
  if (bounds.with.includes('admin') && !database.disabled) steps.push(begin('admin', 'disable', null));
  return steps;
}

function instanceSteps(state: State, at: Instance, { knowsAfterStart }: Rules): Step[] {
  const learn = (knows: boolean) => setAt(state.knows, at, knows);
  const steps: Step[] = [
    {
      name: `${nameOf(at)} is killed and starts again`,
      after: {
        ...state,
        requests: state.requests.filter((request) => request.at !== at),
        knows: learn(knowsAfterStart(state.database)),
      },
      happening: { kind: 'restarted', at },
    },
  ];
  if (state.database.row?.ended)
    steps.push({
      name: `${nameOf(at)} reads new revocations`,
      after: { ...state, knows: learn(true) },
      happening: { kind: 'read', at },
    });
  return steps;
}

function worldSteps(state: State, rules: Rules, bounds: Bounds): Step[] {
  const { database, standby, owner, thief, requests } = state;
  const steps: Step[] = [];
  if (standby && bounds.with.includes('standby')) {
    steps.push({ name: 'the standby catches up', after: { ...state, standby: database } });
    const lost = JSON.stringify(database) !== JSON.stringify(standby);
    const knows = INSTANCES.map((at) => rules.knowsAfterFailover(state.knows[at])) as [boolean, boolean];
    const after = { ...state, database: standby, standby: null, lost, knows };
    steps.push({ name: 'the standby takes over', after, happening: { kind: 'failed-over' } });
  }
  if (bounds.with.includes('thief') && thief === null && owner !== null)
    steps.push({ name: 'the thief copies the token', after: { ...state, thief: owner } });
  if (database.row && rules.statements.isDeleted(database.row))
    steps.push({ name: 'cleanup', after: { ...state, database: { ...database, row: null } } });
  if (!bounds.promptOwner || !requests.some(({ by, token }) => by === 'owner' && token !== null))
    steps.push({ name: 'time passes', after: tick(state) });
  return steps;
}

function tick(state: State): State {
  const aged = ({ row, disabled }: Database) => ({ row: row && olderByOneTick(row), disabled });
  const replaced = new Set(state.tokens.map(({ parent }) => parent));
  return {
    ...state,
    database: aged(state.database),
    standby: state.standby && aged(state.standby),
    tokens: state.tokens.map(({ parent, late }, index) => ({
      parent,
      late: late || replaced.has(index + 1),
    })),
  };
}
