import { DatabaseClient } from '../../../src/database/database-client.js';

it('a connection that its server ends while nobody listens does not end the process', () => {
  const client = new DatabaseClient({ connectionString: 'postgres://nobody@127.0.0.1:1/nothing' });
  const error = Object.assign(new Error('terminating connection due to administrator command'), {
    code: '57P01',
  });
  expect(() => client.emit('error', error)).not.toThrow();
});
