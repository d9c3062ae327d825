import { judge } from '../../../src/sessions/reuse-policy.js';

const live = { revoked: false, expired: false, current: false, withinLeeway: false };

describe('what a refresh token means that did not move its session on', () => {
  it.each([
    ['no such session', undefined, 'unknown'],
    [
      'a revoked session, whatever else',
      { ...live, revoked: true, expired: true, withinLeeway: true },
      'revoked',
    ],
    [
      'an expired session, even for the predecessor',
      { ...live, expired: true, withinLeeway: true },
      'expired',
    ],
    ['the current token of a session that ran out meanwhile', { ...live, current: true }, 'expired'],
    ['the predecessor within the leeway', { ...live, withinLeeway: true }, 'replayed'],
    ['anything else that was once good', live, 'reused'],
  ] as const)('%s', (_name, presented, outcome) => {
    expect(judge(presented)).toBe(outcome);
  });
});
