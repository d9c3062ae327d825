// Days that pass without waiting: unqualified `now()` and `clock_timestamp()` of a database are some days later. No row
// is changed for it. Statements of the product and functions of its triggers run as they are.
import { withClient } from './database.js';

/** For a database without tables; what is compiled before {@link passTo}, such as the product's migrations, has the real time. */
export async function prepareClock(databaseUrl) {
  const name = new URL(databaseUrl).pathname.slice(1);
  await withClient(databaseUrl, (client) =>
    client.query(`ALTER DATABASE ${name} SET search_path = public, simulated, pg_catalog`),
  );
}

/** @param days after the real time */
export async function passTo(client, days) {
  await client.query('CREATE SCHEMA IF NOT EXISTS simulated');
  for (const [name, volatility] of [
    ['now', 'STABLE'],
    ['clock_timestamp', 'VOLATILE'],
  ])
    await client.query(
      `CREATE OR REPLACE FUNCTION simulated.${name}() RETURNS timestamptz LANGUAGE sql ${volatility}
       AS 'SELECT pg_catalog.${name}() + interval ''${days * 86_400} seconds'''`,
    );
}
