import { examineClock } from '../../../src/auth/doctor/examine-clock.js';
import { IN_THE_SERVICE } from '../../../src/cli/advice.js';

const judge = (asked: number, database: number, answered: number, totp = false) =>
  examineClock({ asked, database, answered }, IN_THE_SERVICE, totp);

describe('the difference to the clock of the database', () => {
  it('is that halfway between question and answer, so that a slow answer is no difference', () => {
    expect(judge(1_000_000, 1_008_000, 1_016_000)).toEqual({
      check: 'clock',
      state: 'ok',
      message: 'differs from the database clock by 0 ms',
    });
  });

  it.each([
    ['ahead', 5_001],
    ['behind', -5_001],
  ])('is a problem above five seconds: the database is %s', (_, by) => {
    expect(judge(1_000_000, 1_000_000 + by, 1_000_000)).toMatchObject({
      state: 'problem',
      message: expect.stringMatching(/by 5001 ms: synchronize both with NTP, or raise CLOCK_TOLERANCE$/),
    });
    expect(judge(1_000_000, 1_000_000 + by * 0.99, 1_000_000).state).toBe('ok');
  });

  it('says whose clock the codes of authenticator apps go by, where there are any', () => {
    expect(judge(0, 40_000, 0, true).message).toMatch(/live for 30 s by the clock of the database/);
  });
});
