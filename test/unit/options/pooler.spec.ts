import { inspect } from 'node:util';
import { resolveOptions } from '../../../src/options/resolve-options.js';
import { readConfiguration } from '../../../src/settings/configuration.js';
import { productionSettings } from '../../support/service-process.js';

const jwt = {
  algorithm: 'HS256' as const,
  accessSecret: 'Xk3v9qLw72mZpTzR4sNc8yJd5bGh1fEa',
  refreshSecret: 'Qm8w2rTy6uIo1pAs4dFg7hJk9lZx3cVb',
};
const direct = 'postgres://u:s3cr3t@db/auth';

describe('the option pooler', () => {
  it.each([
    ['transaction', { mode: 'transaction', directUrl: undefined, preparedStatements: false }],
    ['session', { mode: 'session', directUrl: undefined, preparedStatements: true }],
    [
      { mode: 'transaction', directUrl: direct, preparedStatements: true },
      { mode: 'transaction', directUrl: direct, preparedStatements: true },
    ],
    [undefined, undefined],
  ] as const)('%j', (pooler, resolved) => {
    const found = resolveOptions({ jwt, pooler }).pooler;
    expect(found && { ...found, directUrl: found.directUrl?.() }).toEqual(resolved);
    expect(inspect(found, { depth: Infinity, showHidden: true })).not.toContain('s3cr3t');
  });

  it.each([
    ['statement', /pooler\.mode must be one of session, transaction/],
    [{}, /pooler\.mode is missing: write transaction or session/],
    [{ mode: 'transaction', directUrl: 'postgres://u:s3cr3t@h1:x/auth' }, /pooler\.directUrl names a port/],
    [{ mode: 'transaction', url: 'x' }, /pooler\.url is unknown/],
    [7, /pooler must be an object/],
  ])('%j is refused', (pooler, sentence) => {
    const given = { jwt, pooler } as never;
    expect(() => resolveOptions(given)).toThrow(sentence);
    expect(() => resolveOptions(given)).not.toThrow(/s3cr3t/);
  });
});

describe('the variables of a pooler', () => {
  const settings = productionSettings('postgres://u:s3cr3t@db/auth');
  const read = (more: Record<string, string>) => readConfiguration({ ...settings, ...more });

  it('set the option', () => {
    expect(read({}).auth.pooler).toBeUndefined();
    const given = {
      DATABASE_POOLER: 'transaction',
      DATABASE_DIRECT_URL: direct,
      DATABASE_PREPARED_STATEMENTS: 'on',
    };
    expect(read(given).auth.pooler).toEqual({
      mode: 'transaction',
      directUrl: direct,
      preparedStatements: true,
    });
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ DATABASE_POOLER: 'statement' }, /DATABASE_POOLER must be one of session, transaction/],
    [{ DATABASE_DIRECT_URL: direct }, /DATABASE_POOLER is missing: write transaction or session/],
    [
      { DATABASE_POOLER: 'transaction', DATABASE_DIRECT_URL: 'db' },
      /DATABASE_DIRECT_URL must begin with postgres/,
    ],
    [
      { DATABASE_POOLER: 'transaction', DATABASE_URL: `${direct}?statement_timeout=5` },
      /DATABASE_URL must not set statement_timeout, which a pooler refuses: run ALTER ROLE/,
    ],
  ])('%j is refused', (more, sentence) => {
    expect(() => read(more)).toThrow(sentence);
    expect(() => read(more)).not.toThrow(/s3cr3t/);
  });
});
