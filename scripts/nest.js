// `node scripts/nest.js build`: Nest's command line.
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';

// What `npx latchkey` runs in a clone. npm makes it executable only when it installs.
const cli = join(import.meta.dirname, '../dist/commonjs/cli/main.js');
process.once('exit', () => {
  if (existsSync(cli)) chmodSync(cli, 0o755);
});

// Node 20.19.0 to 20.19.4 refuse to load `ora`, which Nest's command line imports in two ways, in the middle of doing so
// (ERR_REQUIRE_CYCLE_MODULE). Loaded first, it causes no trouble.
await import('ora');
await import('../node_modules/@nestjs/cli/bin/nest.js');
