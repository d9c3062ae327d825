import { brokenPromises, type Event } from './support/history.js';
import { brokenLines, type Entry } from './support/ledger.js';

const promises = { leewayMs: 10_000, boundMs: 1_000 };
const begun: Event = { kind: 'begun', at: 0, refresh: 'R1', access: 'A1' };
const refreshed = (presented: string, refresh: string, sentAt = 100): Event => ({
  kind: 'refreshed',
  sentAt,
  at: sentAt + 5,
  presented,
  refresh,
  access: `A of ${refresh}`,
});
const unanswered = (presented: string, sentAt = 100): Event => ({
  kind: 'unanswered',
  sentAt,
  at: sentAt + 5,
  presented,
  why: 'ECONNRESET',
});
const refused = (presented: string, sentAt = 200): Event => ({
  kind: 'refused',
  sentAt,
  at: sentAt + 5,
  presented,
  error: 'REFRESH_TOKEN_REUSED',
});
const passed = (sentAt: number): Event => ({ kind: 'passed', sentAt, at: sentAt + 5, access: 'A1' });
const stopped = (sentAt: number): Event => ({
  kind: 'stopped',
  sentAt,
  at: sentAt + 5,
  access: 'A1',
  error: 'TOKEN_REVOKED',
});
const ending: Event = { kind: 'ending', sentAt: 300 };
const ended: Event = { kind: 'ended', at: 310 };

describe('the history checker accepts', () => {
  it.each<[string, Event[]]>([
    ['a session that continues', [begun, refreshed('R1', 'R2'), refreshed('R2', 'R3', 200), passed(300)]],
    ['a retry after a lost answer', [begun, unanswered('R1'), refreshed('R1', 'R2', 200)]],
    ['the same successor twice', [begun, refreshed('R1', 'R2'), refreshed('R1', 'R2', 200)]],
    ['an older token refused', [begun, refreshed('R1', 'R2'), refreshed('R2', 'R3'), refused('R1', 300)]],
    ['a retry refused after the leeway', [begun, unanswered('R1', 0), refused('R1', 20_000)]],
    ['an ended session that is refused', [begun, ending, ended, refused('R1', 400), stopped(400)]],
    ['an access token within the bound', [begun, ending, ended, passed(1_200)]],
    [
      'an end that was never acknowledged',
      [begun, ending, refreshed('R1', 'R2', 400), unanswered('R2', 500)],
    ],
  ])('%s', (_, events) => {
    expect(brokenPromises(events, promises)).toEqual([]);
  });
});

describe('the history checker catches', () => {
  it.each<[string, string, Event[]]>([
    [
      'a lost session',
      'the last acknowledged token was refused',
      [begun, refreshed('R1', 'R2'), refused('R2')],
    ],
    ['a lost retry', 'the last acknowledged token was refused', [begun, unanswered('R1'), refused('R1')]],
    ['a live access token refused', "a live session's access token was refused", [begun, stopped(50)]],
    [
      'a refresh after the end',
      'a refresh succeeded 1 ms after the end',
      [begun, ending, ended, refreshed('R1', 'R2', 311)],
    ],
    ['an access token after the bound', 'an access token passed', [begun, ending, ended, passed(1_311)]],
    [
      'two successors',
      'one refresh token had two successors',
      [begun, refreshed('R1', 'R2'), refreshed('R1', 'R2b', 200)],
    ],
    [
      'a used predecessor',
      'a token lived although its successor was used',
      [begun, refreshed('R1', 'R2'), refreshed('R2', 'R3'), refreshed('R1', 'R2')],
    ],
    ['a session left waiting', 'ends without', [begun, unanswered('R1')]],
  ])('%s', (_, what, events) => {
    expect(brokenPromises(events, promises)).toEqual([expect.stringContaining(what)]);
  });
});

describe('the ledger checker', () => {
  const entry = (more: Partial<Entry>): Entry => ({
    sid: 'S',
    operation: 'UPDATE',
    current: '1',
    previous: null,
    revoked: false,
    expired: false,
    ...more,
  });
  const login = entry({ operation: 'INSERT' });
  const step = (previous: string, current: string, revoked = false) => entry({ previous, current, revoked });

  it('accepts a chain of tokens, an end, and a deletion in time', () => {
    const line = [login, step('1', '2'), step('2', '3'), step('2', '3', true)];
    const gone = entry({ operation: 'DELETE', current: '3', revoked: true, expired: true });
    expect(brokenLines([...line, gone, { ...login, sid: 'T' }])).toEqual([]);
  });

  it.each<[string, string, Entry[]]>([
    ['a second row', 'a session has two rows', [login, login]],
    ['a row from nowhere', 'a session began without a login', [step('1', '2')]],
    [
      'a step from a token that is not current',
      'moved on from a token that was not current',
      [login, step('1', '2'), step('1', '3')],
    ],
    [
      'a token that comes back',
      'a replaced token became current again',
      [login, step('1', '2'), step('2', '1')],
    ],
    [
      'a step after the end',
      'an ended session moved on',
      [login, step('0', '1', true), step('1', '2', true)],
    ],
    ['a revival', 'an ended session was revived', [login, step('0', '1', true), step('0', '1')]],
    [
      'evidence deleted early',
      'evidence was deleted before its time',
      [login, entry({ operation: 'DELETE' })],
    ],
  ])('catches %s', (_, what, entries) => {
    expect(brokenLines(entries)).toEqual([expect.stringContaining(what)]);
  });
});
