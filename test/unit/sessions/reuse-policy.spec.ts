import { judge } from '../../../src/sessions/reuse-policy.js';

const live = { revoked: false, expired: false, current: false, withinLeeway: false };

describe('the meaning of a refresh token that did not rotate its session', () => {
  it.each([
    ['no such session', undefined, 'unknown'],
    [
      'a revoked session, whatever else applies',
      { ...live, revoked: true, expired: true, withinLeeway: true },
      'revoked',
    ],
    [
      'an expired session, even for the predecessor',
      { ...live, expired: true, withinLeeway: true },
      'expired',
    ],
    [
      'the current token of a session that has expired in the meantime',
      { ...live, current: true },
      'expired',
    ],
    ['the predecessor within the leeway', { ...live, withinLeeway: true }, 'replayed'],
    ['anything else that was once valid', live, 'reused'],
  ] as const)('%s', (_name, presented, outcome) => {
    expect(judge(presented)).toBe(outcome);
  });
});
