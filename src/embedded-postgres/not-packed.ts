// Takes the place of this room in the npm package: hosts have a PostgreSQL server, and the programs of the embedded one
// are dependencies of the service.
import type * as embedded from './embedded-postgres.js';
import type * as held from './held-servers.js';

export const startEmbeddedPostgres: typeof embedded.startEmbeddedPostgres = refuse;

export const findEmbeddedPostgres: typeof embedded.findEmbeddedPostgres = refuse;

export const holdsServers: typeof held.holdsServers = () => false;

export const stopHeldServers: typeof held.stopHeldServers = async () => undefined;

async function refuse(): Promise<never> {
  throw new Error(
    'The npm package contains no embedded PostgreSQL. ' +
      'Set DATABASE_URL to a PostgreSQL server, or use npm run latchkey in a clone of the repository.',
  );
}
