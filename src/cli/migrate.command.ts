import { reasonOf } from '../database/without-passwords.js';
import { poolerModeOf, readDatabaseConfiguration } from '../settings/configuration.js';
import { migrate, type MigrationOptions, revert } from '../settings/database.js';
import { askForConsent } from './consent.js';
import type { Io } from './io.js';
import { done, EXIT, type ExitCode, failed, type Outcome, wrongUsage } from './outcome.js';
import { exitCodeOf, onDatabase, sayTo } from './run.js';

export interface MigrateOptions {
  /** `false` for an app that keeps its users in a table of its own. */
  users: boolean;
  /** Undoes the migration that ran last, instead of running new ones. */
  revert?: boolean;
  /** Do not ask before something is undone. */
  yes?: boolean;
}

export const migrateSchema = async (io: Io, options: MigrateOptions): Promise<Outcome> => {
  const configuration = readDatabaseConfiguration(io.env);
  const { databaseSchema: schema } = configuration;
  const { users } = options;
  const settings = { schema, pooler: poolerModeOf(configuration), users, report: sayTo(io) };
  return onDatabase(configuration, async (url) => {
    if (options.revert) return revertSchema(io, url, settings, options);
    await migrate(url, settings);
    return migrateShards(configuration.auth.sessions?.shards ?? [], settings);
  });
};

/** One that cannot be migrated does not keep the others. */
async function migrateShards(urls: readonly string[], settings: MigrationOptions): Promise<Outcome> {
  const failures: string[] = [];
  let exitCode: ExitCode = EXIT.UNAVAILABLE;
  for (const [place, url] of urls.entries())
    try {
      await migrate(url, { ...settings, users: false });
    } catch (error) {
      failures.push(`shard ${place + 1} (${reasonOf(error)})`);
      if (exitCodeOf(error as Error) !== EXIT.UNAVAILABLE) exitCode = EXIT.FAILED;
    }
  if (failures.length > 0) {
    const text = `The schema is up to date, except in ${failures.join(' and ')}: check DATABASE_SHARDS, and run this again.`;
    return { ...failed(text), exitCode };
  }
  return done(
    urls.length === 0
      ? 'The schema is up to date.'
      : `The schema is up to date, also in ${urls.length} ${urls.length === 1 ? 'shard' : 'shards'}.`,
  );
}

async function revertSchema(
  io: Io,
  url: string,
  settings: MigrationOptions,
  { yes = false }: MigrateOptions,
): Promise<Outcome> {
  let refused: string | undefined;
  const reverted = await revert(url, settings, async (name) => {
    const what = `This undoes the migration ${name}: what it created is deleted, with all data in it.`;
    if (yes || (await askForConsent(io, what))) return true;
    refused = `${what} To confirm, add --yes.`;
    return false;
  });
  if (refused !== undefined) return wrongUsage(refused);
  return done(
    reverted ? `The migration ${reverted} was undone.` : 'No migration has run, so there is none to undo.',
    { reverted },
  );
}
