// `node scripts/nest.js build`: Nest's command line.
// Node 20.19.0 to 20.19.4 refuse to load `ora`, which Nest's command line imports in two ways, in the middle of doing so
// (ERR_REQUIRE_CYCLE_MODULE). Loaded first, it causes no trouble.
await import('ora');
await import('../node_modules/@nestjs/cli/bin/nest.js');
