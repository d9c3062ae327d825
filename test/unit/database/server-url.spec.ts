import { readServerUrl } from '../../../src/database/server-url.js';
import { databaseUrlProblem, parameterOfSession } from '../../../src/database/database-url.js';

const one = (host: string, port = 5432) => [{ host, port }];

describe('a database URL', () => {
  it.each([
    ['postgres://u:p@db:5433/auth', one('db', 5433)],
    ['postgresql://u:p@db/auth?sslmode=require', one('db')],
    ['postgres://u@db_1.internal/auth', one('db_1.internal')],
    ['postgres://u:p@127.0.0.1/auth?statement_timeout=5', one('127.0.0.1')],
    ['postgres://u:p@[::1]:5433/auth', one('::1', 5433)],
    ['postgres:///auth', []],
  ])('%s is left as it is', (url, servers) => {
    expect(readServerUrl(url)).toEqual({ url, servers, writable: false });
  });

  it.each([
    [
      'postgres://u:p@h1:5432,h2:5433/auth',
      'postgres://u:p@h1:5432/auth',
      [...one('h1'), ...one('h2', 5433)],
      true,
    ],
    [
      'postgres://u:p%40@h1,[::1]:1,10.0.0.1/auth?sslmode=require&target_session_attrs=read-write',
      'postgres://u:p%40@h1:5432/auth?sslmode=require',
      [...one('h1'), ...one('::1', 1), ...one('10.0.0.1')],
      true,
    ],
    [
      'postgres://u@h1,h2/a?target_session_attrs=any',
      'postgres://u@h1:5432/a',
      [...one('h1'), ...one('h2')],
      false,
    ],
    ['postgres://u@h1/a?target_session_attrs=primary', 'postgres://u@h1:5432/a', one('h1'), true],
    ['postgres://u@/a?host=h1,h2&port=1,2', 'postgres://u@h1:1/a', [...one('h1', 1), ...one('h2', 2)], true],
    ['postgres://u@/a?host=h1,h2&port=7', 'postgres://u@h1:7/a', [...one('h1', 7), ...one('h2', 7)], true],
    [
      'postgres://u:p@/auth?host=/cloudsql/project:region:instance',
      'postgres://u:p@localhost:5432/auth?host=%2Fcloudsql%2Fproject%3Aregion%3Ainstance',
      one('/cloudsql/project:region:instance'),
      false,
    ],
    [
      'postgres://u:p@localhost/auth?host=/cloudsql/project:region:instance&sslmode=disable',
      'postgres://u:p@localhost:5432/auth?sslmode=disable&host=%2Fcloudsql%2Fproject%3Aregion%3Ainstance',
      one('/cloudsql/project:region:instance'),
      false,
    ],
    [
      'postgres://u:p@%2Fvar%2Frun%2Fpostgresql:5433/auth',
      'postgres://u:p@localhost:5433/auth?host=%2Fvar%2Frun%2Fpostgresql',
      one('/var/run/postgresql', 5433),
      false,
    ],
  ])('%s names its servers', (text, url, servers, writable) => {
    expect(readServerUrl(text)).toEqual({ url, servers, writable });
    expect(databaseUrlProblem(text)).toBeUndefined();
  });

  it.each([
    ['mysql://u:s3cr3t@db/auth', 'must begin with postgres://'],
    ['postgres://u:s3cr3t#@db/auth', 'is not a valid URL'],
    ['postgres://u:s3cr3t/@db/auth', 'is not a valid URL'],
    ['postgres://u:1?s3cr3t@db/auth', 'is not a valid URL'],
    ['postgres://u:s3cr3t%zz@db/auth', 'is not a valid URL'],
    ['postgres://u:s3cr3t@db%zz/auth', 'is not a valid URL'],
    ['postgres://u:s3cr3t@h1,,h2/auth', 'names an empty host'],
    ['postgres://u:s3cr3t@h1,/auth', 'names an empty host'],
    ['postgres://u:s3cr3t@h1:0/auth', 'names a port that is not a number from 1 to 65535'],
    ['postgres://u:s3cr3t@h1:5432,h2:99999/auth', 'names a port that is not a number'],
    ['postgres://u:s3cr3t@h1:5432x/auth', 'names a port that is not a number'],
    ['postgres://u:s3cr3t@::1:5432/auth', 'must have an IPv6 address in brackets'],
    ['postgres://u:s3cr3t@[::g]:5432/auth', 'has something in brackets that is not an IPv6 address'],
    ['postgres://u:s3cr3t@[::1/auth', 'names a host that is not one'],
    ['postgres://u:s3cr3t@h 1/auth', 'names a host that is not one'],
    ['postgres://u:s3cr3t@/auth?host=h1,h2&port=1,2,3', 'must name one port for all hosts, or one for each'],
    [`postgres://u:s3cr3t@/auth?host=/${'s3cr3t/'.repeat(20)}`, 'whose path is longer than 107 bytes'],
    [
      'postgres://u:s3cr3t@h1,h2/auth?target_session_attrs=read-only',
      'must not say target_session_attrs=read-only',
    ],
    ['postgres://u:s3cr3t@h1,h2/auth?target_session_attrs=s3cr3t', 'must say read-write, primary or any'],
    [
      'postgres://u:s3cr3t@h1,h2/auth?sslrootcert=/nowhere/s3cr3t',
      'names a file that cannot be read: sslrootcert',
    ],
  ])('%s is refused with a sentence that does not quote it', (text, sentence) => {
    const problem = databaseUrlProblem(text);
    expect(problem).toContain(sentence);
    expect(problem).not.toContain('s3cr3t');
  });

  it('says which of its parameters a pooler in transaction mode refuses', () => {
    expect(parameterOfSession('postgres://u@h1,h2/a?lock_timeout=5')).toBe('lock_timeout');
    expect(parameterOfSession('postgres://u@h1,h2/a?sslmode=require')).toBeUndefined();
    expect(parameterOfSession(undefined)).toBeUndefined();
  });
});
