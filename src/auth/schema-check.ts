import type { OnModuleInit } from '@nestjs/common';
import type { DataSource, EntityMetadata } from 'typeorm';
import { quotePath } from '../database/quote-name.js';
import { executedMigrations, migrationName } from '../database/run-migrations.js';
import { SESSION_TRIGGERS } from '../database/migrations/1764000000020-order-revocations.js';
import { unavailableWhenDown } from '../errors/database-errors.js';
import { UnavailableError } from '../errors/auth-errors.js';
import { AuthOptionsError } from '../options/options-error.js';
import { RefreshToken } from '../sessions/refresh-token.entity.js';
import { User, USER_PROPERTIES } from '../users/user.entity.js';
import {
  describe,
  foreignUsers,
  inAnotherSchema,
  isForeignUsers,
  missingTriggers,
  type TableState,
} from './table-state.js';
import { authEntities, authMigrations, type UsedTables } from './schema.js';

/** Who owns the connection, and how its migrations are run. */
interface Owner {
  option: string;
  howToRun: string;
}

const HOST: Owner = {
  option: 'dataSource',
  howToRun:
    'run them with migrationsRun: true in TypeOrmModule.forRoot, or with "npx typeorm migration:run -d <your data source>"',
};

export const OWN_DATABASE: Owner = {
  option: 'database',
  howToRun: 'run "npx latchkey migrate" with DATABASE_URL and DATABASE_SCHEMA, or omit migrate: false',
};

const OWN_COLUMNS =
  'write a migration of yours for them, add it to the migrations of the data source after ...authMigrations, and run it';

/**
 * Checks that the tables exist with all columns, so that a forgotten migration is reported as such. In a hook rather
 * than when the data source is injected, because a host may migrate after it has created the app.
 */
export class SchemaCheck implements OnModuleInit {
  private result: Promise<void> | undefined;

  /** @param log is told what does not keep the app from starting */
  constructor(
    private readonly source: DataSource,
    private readonly used: UsedTables,
    private readonly log: Record<'error' | 'warn', (message: string) => void>,
    private readonly owner = HOST,
  ) {}

  /**
   * Makes a part wait for the check: Nest calls the hooks of a module together, and the first error is reported.
   * `check` is undefined where there is no database. Other parts that must come first can take its place.
   */
  static before<Part extends OnModuleInit>(check: OnModuleInit | undefined, part: Part): Part {
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
    if (foreign[0] && this.owner === OWN_DATABASE)
      throw new AuthOptionsError([inAnotherSchema(foreign[0].path)]);
    for (const { path } of foreign) this.log.error(foreignUsers(path));
    if (ours.length === 0) {
      await this.refusePending();
      return this.checkTriggers();
    }
    const advice = ours.every((table) => this.lacksAddedOnly(table)) ? OWN_COLUMNS : await this.advice();
    const message = `lacks ${ours.map(describe).join(', ')}: ${advice}`;
    throw new AuthOptionsError([{ option: this.owner.option, message }]);
  }

  /** Not every migration adds a column. A data source of the host may record its migrations elsewhere, or not at all. */
  private async refusePending(): Promise<void> {
    if (this.owner !== OWN_DATABASE) return;
    const pending = await this.pending();
    if (pending.length === 0 || pending.length === authMigrations(this.used).length) return;
    const message = `is not up to date: ${this.describePending(pending)}`;
    throw new AuthOptionsError([{ option: this.owner.option, message }]);
  }

  /** `synchronize` creates tables only, and a restore may leave triggers disabled. */
  private async checkTriggers(): Promise<void> {
    const path = quotePath(this.source.getMetadata(RefreshToken));
    const missing = await this.read<{ name: string }>(
      `SELECT name FROM unnest($1::text[]) AS name WHERE NOT EXISTS (SELECT FROM pg_trigger
         WHERE tgrelid = to_regclass($2) AND tgname = name AND tgenabled IN ('O', 'A'))`,
      [SESSION_TRIGGERS, path],
    );
    if (missing.length > 0) this.log.warn(missingTriggers(path));
  }

  private async states(): Promise<TableState[]> {
    const tables = authEntities(this.used).map((entity) => this.source.getMetadata(entity));
    const paths = tables.map(quotePath);
    const rows = await this.read<{ names: string | null }>(
      // Text in, text out: the host may have changed how pg parses anything else.
      `SELECT (SELECT string_agg(attname, chr(31)) FROM pg_attribute WHERE attrelid = to_regclass(path) AND attnum > 0
         AND NOT attisdropped) AS names FROM unnest($1::text[]) WITH ORDINALITY AS given (path, place) ORDER BY place`,
      [paths],
    );
    return rows.map(({ names }, place) => {
      const found = names?.split('\x1f') ?? [];
      const { columns, target } = tables[place]!;
      const needed = columns.filter(({ isVirtualProperty }) => !isVirtualProperty).map(columnName);
      const missing = needed.filter((name) => !found.includes(name));
      return {
        path: paths[place]!,
        exists: names !== null,
        missing,
        isUsers: target === User || target === this.used.users,
      };
    });
  }

  /** Columns that the host's entity adds are in no migration of ours. */
  private lacksAddedOnly({ isUsers, exists, missing }: TableState): boolean {
    if (!isUsers || !exists || typeof this.used.users !== 'function') return false;
    const ours: readonly string[] = USER_PROPERTIES;
    const { columns } = this.source.getMetadata(this.used.users);
    const added = columns.filter(({ propertyPath }) => !ours.includes(propertyPath));
    const names = new Set(added.map(columnName));
    return missing.every((name) => names.has(name));
  }

  private async advice(): Promise<string> {
    const listed = new Set(this.source.migrations.map(migrationName));
    if (!this.needed().every((name) => listed.has(name))) {
      const call = this.used.users === false ? 'authMigrations({ users: false })' : 'authMigrations';
      return `add ...${call} to its migrations and ${this.owner.howToRun}`;
    }
    const pending = await this.pending();
    if (pending.length > 0) return this.describePending(pending);
    return (
      'its migrations have run, so they wrote other names: schema, entityPrefix, the search path or the naming ' +
      'strategy has changed since, or a table was dropped'
    );
  }

  private needed(): string[] {
    return authMigrations(this.used).map((migration) => migrationName(new migration()));
  }

  private async pending(): Promise<string[]> {
    const done = new Set(await this.executed());
    return this.needed().filter((name) => !done.has(name));
  }

  private describePending(pending: string[]): string {
    return `${pending.length === 1 ? 'a migration is' : 'migrations are'} pending (${pending.join(', ')}): ${this.owner.howToRun}`;
  }

  /** The names of the migrations that have run; none if the table of migrations does not exist. */
  private executed(): Promise<string[]> {
    const { migrationsTableName, schema } = this.source.options as {
      migrationsTableName?: string;
      schema?: string;
    };
    return executedMigrations(this.source, schema, migrationsTableName).catch(() => []);
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

function columnName({ givenDatabaseName, databaseName }: EntityMetadata['columns'][number]): string {
  return givenDatabaseName ?? databaseName;
}

function partition<T>(all: readonly T[], matches: (each: T) => boolean): [T[], T[]] {
  return [all.filter(matches), all.filter((each) => !matches(each))];
}
