import { describeStatement } from '../../../src/database/describe-statement.js';

describe('how a span describes a statement', () => {
  it.each([
    ['SELECT id FROM "users" WHERE email = $1', 'SELECT users'],
    ['\n      UPDATE "auth"."refresh_tokens" SET a = 1', 'UPDATE auth.refresh_tokens'],
    ['INSERT INTO refresh_tokens AS known (a) VALUES ($1)', 'INSERT refresh_tokens'],
    ['delete from only x where a = 1', 'DELETE x'],
    ['WITH folded AS (INSERT INTO "auth_events" (a) SELECT 1)', 'WITH auth_events'],
    ['SHOW transaction_read_only', 'SHOW'],
    ['', 'SQL'],
  ])('%s', (text, summary) => {
    const [operation, table] = summary.split(' ');
    expect(describeStatement(text)).toEqual({
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.query.summary': summary,
      ...(table && { 'db.collection.name': table }),
    });
  });

  it('has nothing else of the text', () => {
    const described = JSON.stringify(
      describeStatement(`SELECT 'secret' FROM users WHERE email = 'ada@x.org'`),
    );
    expect(described).not.toMatch(/secret|ada/);
  });
});
