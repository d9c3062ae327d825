import { poolerModeOf, readDatabaseConfiguration } from '../settings/configuration.js';
import { migrate, type MigrationOptions, revert } from '../settings/database.js';
import { askForConsent } from './consent.js';
import type { Io } from './io.js';
import { done, type Outcome, wrongUsage } from './outcome.js';
import { onDatabase, sayTo } from './run.js';

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
    const shards = configuration.auth.sessions?.shards ?? [];
    for (const shard of shards) await migrate(shard, { ...settings, users: false });
    return done(
      shards.length === 0
        ? 'The schema is up to date.'
        : `The schema is up to date, also in ${shards.length} shards.`,
    );
  });
};

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
