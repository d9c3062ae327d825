import { loggableError } from '../../../src/service/loggable-error.js';

const databaseError = (code: string) =>
  Object.assign(new Error('Key (email)=(canary@example.com) is bad: "canary"'), {
    code,
    query: 'INSERT … canary',
    parameters: ['canary'],
    detail: 'Failing row contains (canary)',
    table: 'users',
    constraint: 'users_email_key',
  });

describe('an error in the log', () => {
  it.each(['23505', '23502', '22P02', '22001'])('from the database (%s) contains no data', (code) => {
    const wrapped = Object.assign(databaseError(code), { driverError: databaseError(code) });
    const logged = loggableError(new Error('outer', { cause: wrapped }));
    expect(JSON.stringify(logged)).not.toContain('canary');
    expect(logged.cause).toMatchObject({ code, table: 'users', constraint: 'users_email_key' });
  });

  it('keeps what helps: type, message, code, location, and cause', () => {
    const cause = Object.assign(new TypeError('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const logged = loggableError(new Error('first\nsecond line', { cause }));
    expect(logged).toMatchObject({ type: 'Error', message: 'first\nsecond line' });
    expect(logged.stack).toMatch(/^at .*loggable-error\.spec/);
    expect(logged.cause).toMatchObject({ type: 'TypeError', code: 'ECONNREFUSED' });
  });

  it('is finite, however errors refer to each other', () => {
    const error: Error & { cause?: unknown } = new Error('snake');
    error.cause = error;
    expect(JSON.stringify(loggableError(error)).length).toBeLessThan(20_000);
  });

  it.each(['canary', null, undefined, 7, { secret: 'canary' }])(
    'contains only the type of %p, which is not an error',
    (thrown) => {
      expect(JSON.stringify(loggableError(thrown))).not.toContain('canary');
    },
  );
});
