import { RULES } from './rotation-model.js';
import { isExpired, isLive, type Row, STATEMENTS, type Statements, type Token } from './session-row.js';
import type { Rules } from './state.js';

/** A deliberate fault of the model, and the promise that it must be found to break. */
export interface Fault {
  breaks: string;
  rules: Rules;
}

const inStatements = (breaks: string, wrong: Partial<Statements>): Fault => ({
  breaks,
  rules: { ...RULES, statements: { ...STATEMENTS, ...wrong } },
});
const inService = (breaks: string, wrong: Partial<Rules>): Fault => ({
  breaks,
  rules: { ...RULES, ...wrong },
});

const moved = (row: Row, next: Token): Row => ({ ...row, previous: row.current, current: next, age: 0 });

export const FAULTS: Record<string, Fault> = {
  'a rotation does not compare the current token': inStatements('I1', {
    rotate: (row, _, next) => (row && isLive(row) ? moved(row, next) : null),
  }),
  'a rotation forgets the predecessor': inStatements('I2', {
    rotate(...presented) {
      const row = STATEMENTS.rotate(...presented);
      return row && { ...row, previous: null };
    },
  }),
  'there is no leeway': inStatements('I2', {
    judge(...presented) {
      const judgment = STATEMENTS.judge(...presented);
      return judgment === 'replayed' ? 'reused' : judgment;
    },
  }),
  'an ended session rotates': inStatements('I3', {
    rotate: (row, token, next) => (row?.current === token && !isExpired(row) ? moved(row, next) : null),
  }),
  'an ended session replays': inStatements('I3', {
    judge: (row, token) => STATEMENTS.judge(row && { ...row, ended: false }, token),
  }),
  'a second end revives the session': inStatements('I3', {
    end: (row) => row && { ...row, ended: !row.ended },
  }),
  'the leeway never ends': inStatements('I6', {
    judge: (row, token) => STATEMENTS.judge(row && { ...row, age: isExpired(row) ? row.age : 0 }, token),
  }),
  'cleanup deletes what has been idle for too long': inStatements('I6', { isDeleted: isExpired }),
  'cleanup deletes evidence of reuse': inStatements('I6', { isDeleted: (row) => row.ended }),
  'a replay makes a second successor': inService('I5', {
    judge(state, request, rules) {
      const { tokens, database } = state;
      const { row } = database;
      if (rules.statements.judge(row, request.token!) !== 'replayed')
        return RULES.judge(state, request, rules);
      const successor = tokens.length + 1;
      return {
        change: {
          database: { ...database, row: { ...row!, current: successor } },
          tokens: [...tokens, { parent: request.token!, late: false }],
        },
        becomes: { ...request, successor, next: 'answer' },
      };
    },
  }),
  'a refresh does not look at the user': inService('I3', {
    look: ({ knows }, request) => ({ becomes: { ...request, next: knows[request.at] ? 'end' : 'rotate' } }),
  }),
  'a refresh does not look at what its instance knows': inService('I3', {
    look: ({ database }, request) => ({
      becomes: { ...request, active: !database.disabled, next: 'rotate' },
    }),
    answer: (_, request) => ({
      change: { [request.by]: request.successor },
      happening: { kind: 'accepted', request },
    }),
  }),
  'an end is not known to the instance that made it': inService('I3', {
    tell: (state, request, rules) => {
      const { happening, change } = RULES.tell(state, request, rules);
      return { happening, change: { ...change, knows: state.knows } };
    },
  }),
  'reuse is answered before the end is committed': inService('I3', {
    judge(state, request, rules) {
      const outcome = RULES.judge(state, request, rules);
      return outcome.becomes?.next === 'end' ? { happening: { kind: 'ended', request } } : outcome;
    },
  }),
  'an end is told to the instance before it is committed': inService('I4', {
    disable(state, request, rules) {
      const outcome = RULES.disable(state, request, rules);
      return { ...outcome, change: { ...outcome.change, knows: [true, true] } };
    },
  }),
  'a failover makes an instance forget what it knew': inService('I3', { knowsAfterFailover: () => false }),
  'an instance starts without reading the revocations': inService('I3', { knowsAfterStart: () => false }),
};
