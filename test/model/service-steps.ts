import { type Happening, type Request, type Rules, setAt, type State } from './state.js';

interface Outcome {
  /** The request after this step; without it, the request has been answered. */
  becomes?: Request;
  change?: Partial<State>;
  happening?: Happening;
}

type ServiceStep = (state: State, request: Request, rules: Rules) => Outcome;

/**
 * What an instance does for a request between two points at which it can die: `src/tokens/rotation.ts`,
 * `src/revocation/session-ender.ts` and `AccountAdmin.disable`, a step for each statement.
 */
export interface Service {
  look: ServiceStep;
  rotate: ServiceStep;
  judge: ServiceStep;
  answer: ServiceStep;
  disable: ServiceStep;
  end: ServiceStep;
  tell: ServiceStep;
}

export const SERVICE: Service = {
  /** Refuses what this instance knows to have ended, and reads the user. */
  look({ database, knows }, request) {
    const active = !database.disabled;
    return { becomes: { ...request, active, next: knows[request.at] ? 'end' : 'rotate' } };
  },

  rotate(state, request, { statements }) {
    const { database, tokens } = state;
    const row = statements.rotate(database.row, request.token!, tokens.length + 1);
    if (!row) return { becomes: { ...request, next: 'judge' } };
    const next = request.active ? 'answer' : 'end';
    return {
      change: {
        database: { ...database, row },
        tokens: [...tokens, { parent: request.token!, late: false }],
      },
      becomes: { ...request, successor: row.current, next },
    };
  },

  judge({ database: { row } }, request, { statements }) {
    const judgment = statements.judge(row, request.token!);
    if (judgment === 'reused') return { becomes: { ...request, next: 'end' } };
    if (judgment !== 'replayed') return refused(request);
    return { becomes: { ...request, successor: row!.current, next: request.active ? 'answer' : 'end' } };
  },

  /** Looks a last time at what this instance knows. */
  answer({ knows }, request) {
    if (knows[request.at]) return { becomes: { ...request, next: 'end' } };
    const change = { [request.by]: request.successor };
    return { change, happening: { kind: 'accepted', request } };
  },

  disable({ database }, request) {
    return { change: { database: { ...database, disabled: true } }, becomes: { ...request, next: 'end' } };
  },

  end({ database }, request, { statements }) {
    const row = statements.end(database.row) ?? database.row;
    return { change: { database: { ...database, row } }, becomes: { ...request, next: 'tell' } };
  },

  /** Records the end where this instance looks, and answers: done, or refused. */
  tell({ knows }, request) {
    const { change } = refused(request);
    return {
      change: { ...change, knows: setAt(knows, request.at, true) },
      happening: { kind: 'ended', request },
    };
  },
};

/** A client that is refused for good, or has logged out, forgets its token. */
function refused(request: Request): Outcome {
  const change = request.by === 'admin' ? {} : { [request.by]: null };
  return { change, happening: { kind: 'refused', request } };
}
