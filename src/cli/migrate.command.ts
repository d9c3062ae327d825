import { migrate } from '../settings/database.js';
import type { Io } from './io.js';
import { done, type Outcome } from './outcome.js';
import { withDatabase } from './run.js';

export const migrateSchema = (io: Io): Promise<Outcome> =>
  withDatabase(io, async (_configuration, url) => {
    await migrate(url);
    return done('The schema is up to date.');
  });
