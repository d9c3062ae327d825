import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { DataSource, QueryFailedError } from 'typeorm';
import { unavailableWhenDown } from '../../../src/errors/database-errors.js';
import { UnavailableError } from '../../../src/errors/auth-errors.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';

const withCode = (code: string, message = 'failed') => Object.assign(new Error(message), { code });
const failing = (error: unknown) => unavailableWhenDown(() => Promise.reject(error));

test('passes on the result of the call', async () => {
  expect(await unavailableWhenDown(async () => 42)).toBe(42);
});

test('asks to retry in a second, and keeps the original error for the log', async () => {
  const original = withCode('ECONNREFUSED');

  await expect(failing(original)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    statusCode: 503,
    retryAfter: 1,
    cause: original,
  });
});

describe('means "unavailable":', () => {
  const codes =
    '08000 08003 08006 08P01 57P01 57P02 57P03 53100 53200 53300 57014 25006 ECONNREFUSED ECONNRESET ' +
    'ECONNABORTED EPIPE ENOTFOUND EAI_AGAIN ETIMEDOUT EHOSTUNREACH ENETUNREACH';

  test.each(codes.split(' '))('code %s, bare or wrapped by TypeORM', async (code) => {
    await expect(failing(withCode(code))).rejects.toThrow(UnavailableError);
    await expect(failing(new QueryFailedError('SELECT', [], withCode(code)))).rejects.toThrow(
      UnavailableError,
    );
  });

  test.each([
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'timeout expired',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'Cannot use a pool after calling end on the pool',
    'Driver not Connected',
    'Connection with postgres database is not established. Check connection configuration.',
    'Cannot execute operation because connection is not yet established.',
  ])('"%s", bare or wrapped by TypeORM', async (message) => {
    await expect(failing(new Error(message))).rejects.toThrow(UnavailableError);
    await expect(failing(new QueryFailedError('SELECT', [], new Error(message)))).rejects.toThrow(
      UnavailableError,
    );
  });

  test('a host name of which no address responds', async () => {
    const errors = [withCode('EADDRNOTAVAIL'), withCode('ECONNREFUSED')];

    await expect(failing(new AggregateError(errors))).rejects.toThrow(UnavailableError);
    await expect(failing(new QueryFailedError('', [], new AggregateError(errors)))).rejects.toThrow(
      UnavailableError,
    );
  });
});

describe.each(['40P01', '40001', '55P03'])('a call that conflicted with another (%s)', (code) => {
  const failingTimes = (times: number) => {
    let calls = 0;
    return async () => {
      if (++calls <= times) throw new QueryFailedError('UPDATE', [], withCode(code));
      return calls;
    };
  };

  test('is retried up to three times', async () => {
    for (const times of [1, 2, 3]) expect(await unavailableWhenDown(failingTimes(times))).toBe(times + 1);
  });

  test('is unavailable if that does not help', async () => {
    await expect(unavailableWhenDown(failingTimes(4))).rejects.toThrow(UnavailableError);
  });

  test('is not retried when the answer is overdue', async () => {
    let calls = 0;
    const slow = async () => {
      calls++;
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      throw withCode(code);
    };
    await expect(unavailableWhenDown(slow)).rejects.toThrow(UnavailableError);
    expect(calls).toBe(1);
  });
});

describe('is passed on unchanged:', () => {
  test.each([
    ['a unique violation', withCode('23505')],
    ['a syntax error', new QueryFailedError('SELEC', [], withCode('42601'))],
    ['a wrong password', withCode('28P01')],
    ['a dropped database', withCode('57P04')],
    ['a trigger whose message mentions connections', withCode('P0001', 'Connection terminated')],
    ['a code that only starts like one', withCode('ECONNREFUSED_NOT')],
    ['a programming error', new TypeError('x is not a function')],
    ['an aggregate of other errors', new AggregateError([withCode('23505')])],
    ['an empty aggregate', new AggregateError([])],
    ['a thrown value that is not an error', 'ECONNREFUSED'],
    ['nothing at all', undefined],
  ])('%s', async (_, error) => {
    await expect(failing(error)).rejects.toBe(error);
  });

  test('an error that already is an UnavailableError', async () => {
    const error = new UnavailableError({ retryAfter: 7 });

    await expect(failing(error)).rejects.toBe(error);
  });
});

test('a call that throws before it returns a promise is translated too', async () => {
  const call = (): Promise<never> => {
    throw withCode('EPIPE');
  };

  await expect(unavailableWhenDown(call)).rejects.toThrow(UnavailableError);
});

describe('on a real PostgreSQL', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    const extra = { connectionTimeoutMillis: 200, max: 1 };
    dataSource = await new DataSource({ type: 'postgres', url: database.url, extra }).initialize();
    await dataSource.query('CREATE TABLE t (id int PRIMARY KEY)');
  });

  afterAll(async () => {
    if (dataSource?.isInitialized) await dataSource.destroy();
    await database?.drop();
  });

  const query = (sql: string, source = dataSource) => unavailableWhenDown(() => source.query(sql));

  test('a cut connection is unavailable until the pool has noticed and opened another', async () => {
    await expect(query('SELECT pg_terminate_backend(pg_backend_pid())')).rejects.toThrow(UnavailableError);

    let again: unknown;
    while (!again) {
      again = await query('SELECT 1 AS one').catch((error: unknown) => {
        if (!(error instanceof UnavailableError)) throw error;
      });
    }
    expect(again).toEqual([{ one: 1 }]);
  });

  test('a statement that takes too long is unavailable', async () => {
    await expect(query("SET statement_timeout = '20ms'; SELECT pg_sleep(5)")).rejects.toThrow(
      UnavailableError,
    );
    await query('RESET statement_timeout');
  });

  test('a server that currently cannot write is unavailable', async () => {
    await expect(query('BEGIN READ ONLY; INSERT INTO t VALUES (1)')).rejects.toThrow(UnavailableError);
    await query('ROLLBACK');
  });

  test('an exhausted pool is unavailable', async () => {
    const slow = query('SELECT pg_sleep(0.6)');

    await expect(query('SELECT 1')).rejects.toThrow(UnavailableError);
    await slow;
  });

  test('a violated constraint is not', async () => {
    await query('INSERT INTO t VALUES (2)');
    await expect(query('INSERT INTO t VALUES (2)')).rejects.toMatchObject({ code: '23505' });
  });

  test('a closed data source is unavailable', async () => {
    const closed = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    await closed.destroy();

    await expect(query('SELECT 1', closed)).rejects.toThrow(UnavailableError);
  });

  test('a server that does not exist is unavailable', async () => {
    const url = new URL(database.url);
    url.port = String(await unusedPort());
    const nowhere = new DataSource({ type: 'postgres', url: url.href });

    await expect(unavailableWhenDown(() => nowhere.initialize())).rejects.toThrow(UnavailableError);
  });
});

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
