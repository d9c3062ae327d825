import { examineNode } from '../../../src/cli/examine-node.js';

describe('the version of Node.js', () => {
  const now = new Date('2026-11-28');

  it.each([
    ['24.11.1', 'ok', /is supported until 2028/],
    ['22.22.0', 'ok', /is supported until 2027/],
    ['20.19.0', 'warning', /has received no fixes since 2026-04-30: use 24/],
    ['20.18.3', 'problem', /is not supported/],
    ['23.1.0', 'problem', /is not supported/],
    ['28.0.0', 'warning', /is newer than/],
  ])('%s is %s', (version, state, message) => {
    expect(examineNode(version, now)).toEqual({
      check: 'node',
      state,
      message: expect.stringMatching(message),
    });
  });

  it('is a warning once it receives no more fixes', () => {
    expect(examineNode('22.22.0', new Date('2027-05-01')).state).toBe('warning');
  });
});
