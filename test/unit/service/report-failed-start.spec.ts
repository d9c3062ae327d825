import { AuthOptionsError, UnavailableError } from '../../../src/index.js';
import { explainFailedStart } from '../../../src/service/report-failed-start.js';

describe('a start that fails because PostgreSQL has stopped answering', () => {
  it.each([
    new Error('timeout expired'),
    Object.assign(new Error('Query read timeout'), { name: 'QueryFailedError' }),
    new UnavailableError({ cause: new Error('Query read timeout') }),
    new Error('Connection terminated unexpectedly'),
  ])('is explained without a stack: %s', (error) => {
    const text = explainFailedStart(error);
    expect(text).toMatch(
      /^(timeout|Query read|Connection).*\nThe database does not answer: check DATABASE_URL/,
    );
    expect(text).not.toMatch(/^\s+at /m);
  });
});

it('a start that fails because of an option is explained by its variable', () => {
  const problems = [{ option: 'sessions.shards', message: '(number 2) cannot be used: see database.pool' }];
  expect(explainFailedStart(new AuthOptionsError(problems))).toBe(
    'The service cannot start:\n  - DATABASE_SHARDS (number 2) cannot be used: see database.pool',
  );
});
