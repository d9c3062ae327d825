import { brokenAtRest } from './chaos/at-rest.js';
import { TIMED_OUT } from './chaos/caller.js';
import { brokenBy } from './chaos/checker.js';
import type { Operation, Strike } from './chaos/operation.js';

const bounds = { leewayMs: 10_000, stalenessMs: 5_000, toleranceMs: 5_000 };
const fault: Strike = { name: 'a fault', from: 0, to: 60_000, holds: false };
const hold: Strike = { ...fault, holds: true };
const clock: Strike = { ...fault, setsClock: true };
const clockUntil = (to: number): Strike => ({ ...clock, to });
const awayBetween = (from: number, to: number): Strike => ({ ...fault, from, to, keepsFromDatabase: true });

/** An operation that takes 10 ms. */
const operation = (sentAt: number, more: Partial<Operation> & Pick<Operation, 'kind'>): Operation => ({
  person: 'ada',
  to: 'gateway',
  sentAt,
  at: sentAt + 10,
  outcome: 'done',
  ...more,
});
const registered = operation(0, { kind: 'register', password: 'P1' });
const login = (sentAt: number, session = 'S', more: Partial<Operation> = {}) =>
  operation(sentAt, {
    kind: 'login',
    password: 'P1',
    session,
    refresh: 'R1',
    access: 'A1',
    expiresAt: 30_000,
    ...more,
  });
const noLogin = (sentAt: number, password = 'P1') =>
  operation(sentAt, { kind: 'login', password, outcome: 'refused', error: 'INVALID_CREDENTIALS' });
const refresh = (sentAt: number, presented: string, to: string) =>
  operation(sentAt, { kind: 'refresh', session: 'S', presented, refresh: to, access: `A of ${to}` });
const refused = (sentAt: number, presented: string, error = 'REFRESH_TOKEN_REUSED') =>
  operation(sentAt, { kind: 'refresh', session: 'S', presented, outcome: 'refused', error });
const unanswered = (sentAt: number, presented: string, error = 'ECONNRESET') =>
  operation(sentAt, { kind: 'refresh', session: 'S', presented, outcome: 'unknown', error });
const visit = (sentAt: number, more: Partial<Operation> = {}) =>
  operation(sentAt, { kind: 'visit', session: 'S', access: 'A1', expiresAt: 30_000, ...more });
const stopped = (sentAt: number, error: string) => visit(sentAt, { outcome: 'refused', error });
const logout = (sentAt: number, more: Partial<Operation> = {}) =>
  operation(sentAt, { kind: 'logout', session: 'S', ...more });
const account = (sentAt: number, kind: Operation['kind'], more: Partial<Operation> = {}) =>
  operation(sentAt, { kind, ...more });
const change = (sentAt: number, more: Partial<Operation> = {}) =>
  account(sentAt, 'change password', { password: 'P2', session: 'other', ...more });

const factor = (sentAt: number, code: string, session: string) =>
  operation(sentAt, { kind: 'second factor', password: 'P1', code, session, refresh: session, access: 'A' });
const added = account(50, 'add factor', { code: '111111', session: 'S' });

const begun = [registered, login(100)];
const check = (operations: Operation[], strikes: Strike[] = []) =>
  brokenBy(operations, strikes, bounds, true);

describe('the checker of the long run accepts', () => {
  it.each<[string, Operation[], Strike[]?]>([
    ['a session that continues', [...begun, refresh(200, 'R1', 'R2'), refresh(300, 'R2', 'R3'), visit(400)]],
    [
      'a token that has expired where the clock was just set',
      [...begun, stopped(200, 'TOKEN_EXPIRED'), visit(300)],
      [clock],
    ],
    ['a token sent again by two tabs', [...begun, refresh(200, 'R1', 'R2'), refresh(201, 'R1', 'R2')]],
    ['a retry after a lost answer', [...begun, unanswered(200, 'R1'), refresh(300, 'R1', 'R2')]],
    [
      'a stolen token that ends the session',
      [
        ...begun,
        refresh(200, 'R1', 'R2'),
        refresh(300, 'R2', 'R3'),
        refused(400, 'R1'),
        refused(500, 'R3', 'TOKEN_REVOKED'),
      ],
    ],
    ['an access token that has expired', [...begun, stopped(30_000, 'TOKEN_EXPIRED')]],
    [
      'a token that passes until the others have read the end',
      [...begun, logout(200), visit(2_000, { to: 'b' })],
    ],
    ['a token that passes on an instance without a database', [...begun, logout(200), visit(6_000)], [fault]],
    ['a logout without an answer', [...begun, logout(200, { outcome: 'unknown' }), refresh(300, 'R1', 'R2')]],
    [
      'a token that has expired where the clock was set, and what followed kept the time away',
      [...begun, stopped(12_900, 'TOKEN_EXPIRED'), visit(13_000)],
      [clockUntil(1_000), awayBetween(2_000, 9_000)],
    ],
    [
      'an end by a request that was held up',
      [
        ...begun,
        unanswered(200, 'R1', TIMED_OUT),
        refresh(300, 'R1', 'R2'),
        refresh(400, 'R2', 'R3'),
        refused(500, 'R3', 'TOKEN_REVOKED'),
      ],
      [hold],
    ],
    [
      'either password while it is not known',
      [...begun, change(200, { outcome: 'unknown' }), login(300, 'T'), login(400, 'U', { password: 'P2' })],
    ],
    ['an answer that was held up', [...begun, visit(200, { outcome: 'unknown', error: TIMED_OUT })], [hold]],
    ['an account that may not exist', [{ ...registered, outcome: 'unknown' }, noLogin(300)]],
    ['two codes', [registered, added, factor(300, '222222', 'T'), factor(400, '333333', 'U')]],
    [
      'a session that is lost because nobody answered for longer than the leeway',
      [
        ...begun,
        unanswered(200, 'R1'),
        unanswered(11_000, 'R1', 'UNAVAILABLE'),
        refused(12_000, 'R1', 'TOKEN_REVOKED'),
      ],
    ],
    [
      'a disabled account',
      [...begun, account(200, 'disable'), noLogin(300), account(400, 'enable'), login(500, 'T')],
    ],
  ])('%s', (_, operations, strikes = []) => {
    expect(check(operations, strikes)).toEqual([]);
  });
});

describe('the checker of the long run finds', () => {
  it.each<[string, string, Operation[], Strike[]?]>([
    [
      'a lost session',
      'the last acknowledged token was refused',
      [...begun, refused(200, 'R1', 'TOKEN_REVOKED')],
    ],
    [
      'two successors',
      'one refresh token had two successors',
      [...begun, refresh(200, 'R1', 'R2'), refresh(201, 'R1', 'X')],
    ],
    [
      'a token that has expired where the time was known again',
      'access token was refused (TOKEN_EXPIRED)',
      [...begun, stopped(5_100, 'TOKEN_EXPIRED')],
      [clockUntil(1_000), awayBetween(5_050, 9_000)],
    ],
    [
      'a token that has expired where the time was known, whatever else was broken',
      'access token was refused (TOKEN_EXPIRED)',
      [...begun, stopped(5_100, 'TOKEN_EXPIRED')],
      [clockUntil(1_000), fault],
    ],
    [
      'a token that has expired long after the time could be had again',
      'access token was refused (TOKEN_EXPIRED)',
      [...begun, stopped(13_100, 'TOKEN_EXPIRED')],
      [clockUntil(1_000), awayBetween(2_000, 9_000)],
    ],
    [
      'a predecessor that counts as reuse too soon',
      'sent again within the leeway counted as reuse',
      [...begun, refresh(200, 'R1', 'R2'), refused(300, 'R1')],
    ],
    [
      'a stolen token that works',
      'a token lived although its successor was used',
      [...begun, refresh(200, 'R1', 'R2'), refresh(300, 'R2', 'R3'), refresh(400, 'R1', 'R2')],
    ],
    [
      'a session that survives reuse',
      'a refresh succeeded',
      [
        ...begun,
        refresh(200, 'R1', 'R2'),
        refresh(300, 'R2', 'R3'),
        refused(400, 'R1'),
        refresh(500, 'R3', 'R4'),
      ],
    ],
    ['a refresh after a logout', 'a refresh succeeded', [...begun, logout(200), refresh(300, 'R1', 'R2')]],
    [
      'a token that passes for too long',
      'after the end and without a fault',
      [...begun, logout(200), visit(2_300)],
    ],
    [
      'a token that passes beyond the staleness',
      'after the end of its session',
      [...begun, logout(200), visit(6_300)],
      [fault],
    ],
    [
      'an instance that forgets what it has ended',
      'after it had ended it',
      [...begun, logout(200, { to: 'a' }), visit(300, { to: 'a' })],
    ],
    ['a token that never expires', 'after the token had expired', [...begun, visit(36_100)]],
    [
      'a live token that is refused',
      "a live session's access token was refused",
      [...begun, stopped(200, 'INVALID_TOKEN')],
    ],
    [
      'a session that survives a logout everywhere',
      'a refresh succeeded',
      [...begun, account(200, 'logout everywhere'), refresh(300, 'R1', 'R2')],
    ],
    [
      'a session that survives a new password',
      'a refresh succeeded',
      [...begun, change(200), refresh(300, 'R1', 'R2')],
    ],
    [
      'a login with the old password at the same time that lasts',
      'a refresh succeeded',
      [registered, change(100), { ...login(95), at: 120 }, refresh(300, 'R1', 'R2')],
    ],
    [
      'a session that survives a disabled account',
      'a refresh succeeded',
      [...begun, account(200, 'disable'), refresh(300, 'R1', 'R2')],
    ],
    ['an old password that works', 'a password that was wrong', [...begun, change(200), login(300, 'T')]],
    [
      'a wrong password that works',
      'a password that was wrong',
      [...begun, login(300, 'T', { password: 'P9' })],
    ],
    ['a right password that does not work', 'refused with the right password', [...begun, noLogin(300)]],
    [
      'a login to a disabled account',
      'of a disabled account',
      [...begun, account(200, 'disable'), login(300, 'T')],
    ],
    [
      'a code that passes twice',
      'passed twice',
      [registered, added, factor(300, '222222', 'T'), factor(300, '222222', 'U')],
    ],
    ['a login without its second factor', 'passed without a code', [registered, added, login(300)]],
    [
      'an internal error',
      'had an internal error',
      [...begun, visit(200, { outcome: 'unknown', error: 'INTERNAL_ERROR' })],
    ],
    [
      'an answer that is not documented',
      'was refused with NOT_FOUND',
      [...begun, logout(200, { outcome: 'refused', error: 'NOT_FOUND' })],
    ],
    [
      'a request without an answer',
      'had no answer after 10 ms',
      [...begun, visit(200, { outcome: 'unknown', error: TIMED_OUT })],
      [fault],
    ],
  ])('%s', (_, what, operations, strikes = []) => {
    expect(check(operations, strikes)).toContainEqual(expect.stringContaining(what));
  });
});

describe('what is stored at the end', () => {
  const row = { id: 'S', current: 'R1', revoked: false };

  it.each([
    ['a session', begun, [row]],
    ['an end', [...begun, logout(200)], [{ ...row, revoked: true }]],
    ['what may have ended', [...begun, logout(200, { outcome: 'unknown' })], [{ ...row, revoked: true }]],
  ])('may be %s', (_, operations, rows) => {
    expect(brokenAtRest(operations, rows, bounds.leewayMs)).toEqual([]);
  });

  it.each([
    ['nothing', 'it was acknowledged and is not stored', begun, []],
    ['another token', 'the last token is not the stored one', begun, [{ ...row, current: 'R9' }]],
    ['an end of its own', 'nobody asked for that', begun, [{ ...row, revoked: true }]],
    [
      'a session that was ended',
      'its end was acknowledged and is not stored',
      [...begun, logout(200)],
      [row],
    ],
  ])('must not be %s', (_, what, operations, rows) => {
    expect(brokenAtRest(operations, rows, bounds.leewayMs)).toEqual([expect.stringContaining(what)]);
  });
});
