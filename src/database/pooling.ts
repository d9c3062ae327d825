import type { DataSource } from 'typeorm';

/** What a connection pooler between this process and PostgreSQL does with a server connection after each transaction. */
export type PoolerMode = 'session' | 'transaction';

/** A connection pooler between this process and PostgreSQL. */
export interface Pooling {
  /** `undefined`: there is none. */
  mode?: PoolerMode;
  /** Leads past the pooler, for notifications. A function, because the URL contains a password and options are printed. */
  directUrl?: (() => string) | undefined;
  /** Whether statements may have names. */
  preparedStatements: boolean;
}

const known = new WeakMap<DataSource, Pooling>();

/** What is known about the pooler of a data source. The same object every time: it changes when more becomes known. */
export function poolingOf(dataSource: DataSource): Pooling {
  let pooling = known.get(dataSource);
  if (!pooling) known.set(dataSource, (pooling = { preparedStatements: true }));
  return pooling;
}

/** Says what is in front of the data source's database. Call it before anything uses the data source. */
export function setPooling(
  dataSource: DataSource,
  { mode, directUrl, preparedStatements }: Partial<Pooling>,
): void {
  Object.assign(poolingOf(dataSource), {
    mode,
    directUrl,
    preparedStatements: preparedStatements ?? mode !== 'transaction',
  });
}
