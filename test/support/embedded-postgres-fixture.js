// A service reduced to its embedded PostgreSQL: `node embedded-postgres-fixture.js <data folder>` starts it,
// prints its address, and stops it when stdin ends. It exists to be killed.
import '../../scripts/typescript.js';

import { once } from 'node:events';

const { startEmbeddedPostgres } = await import('../../src/embedded-postgres/embedded-postgres.ts');

const [, , dataDir] = process.argv;
const server = await startEmbeddedPostgres({ dataDir, log: (line) => console.error(line) });
console.log(JSON.stringify({ url: server.url, folder: server.folder }));
await once(process.stdin.resume(), 'end');
await server.stop();
