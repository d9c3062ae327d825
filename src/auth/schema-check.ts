import type { OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { unavailableWhenDown } from '../errors/database-errors.js';
import { UnavailableError } from '../errors/auth-errors.js';
import { AuthOptionsError } from '../options/options-error.js';
import { User } from '../users/user.entity.js';
import { authEntities, authMigrations, type UsedTables } from './schema.js';

interface TableState {
  /** Quoted, with the schema. */
  path: string;
  exists: boolean;
  missing: string[];
  isUsers: boolean;
}

const HOW_TO_RUN =
  'run them with migrationsRun: true in TypeOrmModule.forRoot, or with "npx typeorm migration:run -d <your data source>"';

/**
 * Checks that the tables exist with all columns, so that a forgotten migration is reported as such. In a hook rather
 * than when the data source is injected, because a host may migrate after it has created the app.
 */
export class SchemaCheck implements OnModuleInit {
  private result: Promise<void> | undefined;

  /** @param warn is called for a table that makes only some requests fail */
  constructor(
    private readonly source: DataSource,
    private readonly used: UsedTables,
    private readonly warn: (message: string) => void,
  ) {}

  /**
   * Makes a part wait for the check: Nest calls the hooks of a module together, and the first error is reported.
   * `check` is undefined where there is no database.
   */
  static before<Part extends OnModuleInit>(check: SchemaCheck | undefined, part: Part): Part {
    const start = part.onModuleInit.bind(part);
    part.onModuleInit = async () => {
      await check?.onModuleInit();
      await start();
    };
    return part;
  }

  /**
   * Checks once, however often it is called. Leaves an unavailable database to those who need it.
   * @throws AuthOptionsError that says what to run
   */
  onModuleInit(): Promise<void> {
    this.result ??= this.run();
    return this.result;
  }

  private async run(): Promise<void> {
    const incomplete = (await this.states()).filter(({ missing }) => missing.length > 0);
    const [foreign, ours] = partition(incomplete, isForeignUsers);
    for (const { path } of foreign) this.warn(foreignUsers(path));
    if (ours.length === 0) return;
    const message = `lacks ${ours.map(describe).join(', ')}: ${await this.advice()}`;
    throw new AuthOptionsError([{ option: 'dataSource', message }]);
  }

  private async states(): Promise<TableState[]> {
    const tables = authEntities(this.used).map((entity) => this.source.getMetadata(entity));
    const paths = tables.map(({ tablePath }) => quotePath(tablePath));
    const rows = await this.read<{ names: string | null }>(
      // Text in, text out: the host may have changed how pg parses anything else.
      `SELECT (SELECT string_agg(attname, ' ') FROM pg_attribute WHERE attrelid = to_regclass(path) AND attnum > 0
         AND NOT attisdropped) AS names FROM unnest($1::text[]) WITH ORDINALITY AS given (path, place) ORDER BY place`,
      [paths],
    );
    return rows.map(({ names }, place) => {
      const found = names?.split(' ') ?? [];
      const { columns, target } = tables[place]!;
      const needed = columns.map(({ givenDatabaseName, databaseName }) => givenDatabaseName ?? databaseName);
      const missing = needed.filter((name) => !found.includes(name));
      return { path: paths[place]!, exists: names !== null, missing, isUsers: target === User };
    });
  }

  private async advice(): Promise<string> {
    const listed = new Set(this.source.migrations.map(nameOf));
    const needed = authMigrations(this.used).map((migration) => nameOf(new migration()));
    if (!needed.every((name) => listed.has(name))) {
      const call = this.used.users === false ? 'authMigrations({ users: false })' : 'authMigrations';
      return `add ...${call} to its migrations and ${HOW_TO_RUN}`;
    }
    const done = new Set(await this.executed());
    const pending = needed.filter((name) => !done.has(name));
    if (pending.length > 0)
      return `${pending.length === 1 ? 'a migration is' : 'migrations are'} pending (${pending.join(', ')}): ${HOW_TO_RUN}`;
    return (
      'its migrations have run, so they wrote other names: schema, entityPrefix, the search path or the naming ' +
      'strategy has changed since, or a table was dropped'
    );
  }

  /** The names of the migrations that have run; none if the table of migrations does not exist. */
  private async executed(): Promise<string[]> {
    const { migrationsTableName = 'migrations', schema } = this.source.options as {
      migrationsTableName?: string;
      schema?: string;
    };
    const path = quotePath(schema ? `${schema}.${migrationsTableName}` : migrationsTableName);
    const rows = await this.read<{ name: string }>(`SELECT name FROM ${path}`, []).catch(() => []);
    return rows.map(({ name }) => name);
  }

  private async read<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    try {
      return await unavailableWhenDown(() => this.source.query<Row[]>(sql, parameters));
    } catch (error) {
      if (error instanceof UnavailableError) return [];
      throw error;
    }
  }
}

/** The names TypeORM itself uses. */
function nameOf(migration: { name?: string }): string {
  return migration.name ?? migration.constructor.name;
}

function quotePath(path: string): string {
  return path
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');
}

function describe({ path, exists, missing }: TableState): string {
  return exists ? `the columns ${missing.join(', ')} of the table ${path}` : `the table ${path}`;
}

/** A table `users` that was never ours. */
function isForeignUsers({ isUsers, exists, missing }: TableState): boolean {
  return isUsers && exists && missing.includes('disabled_at');
}

function foreignUsers(path: string): string {
  return (
    `The table ${path} is not Latchkey's, so registration and login fail: pass a userStore for it to AuthModule, with ` +
    'authEntities({ users: false }) and authMigrations({ users: false }) in the data source.'
  );
}

function partition<T>(all: readonly T[], matches: (each: T) => boolean): [T[], T[]] {
  return [all.filter(matches), all.filter((each) => !matches(each))];
}
